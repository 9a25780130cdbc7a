import type { SecretScope } from '../../../shared/http/provider-secrets.ts';
import { type Database, type Tx, transact } from '../../db/database.ts';
import { TokenhallError } from '../tokenhall-error.ts';
import { eventOf, type SecretsDeps, stageAsSystem } from './deps.ts';
import { choose, placeOf, type SecretRow } from './rules.ts';
import { unseal } from './seal.ts';
import { markReadable, markUnreadable, readCandidates } from './store.ts';

export interface SecretRequest {
  /** In the stored spelling: lower case. */
  readonly provider: string;
  readonly agentId: string | null;
  /** Null: the account that owns the agent. */
  readonly accountId: string | null;
  /** Forbids the platform's secrets for this request; the account's own setting forbids them for all. */
  readonly alwaysMine: boolean;
}

/** A secret that opened. The material exists only while `use` runs. */
export interface ResolvedSecret {
  readonly secretId: string;
  readonly provider: string;
  readonly scope: SecretScope;
  /** Version of the root that it was encrypted under. */
  readonly version: number;
  use<T>(work: (material: string) => Promise<T>): Promise<T>;
}

export interface ProviderSecrets {
  /**
   * The secret that a request to the provider is made with: the agent's, else its account's, else the platform's.
   * @throws TokenhallError `no-provider-secret`, `foreign-agent`, or `secret-unreadable`: it is there and does not open
   */
  resolve(db: Database['kysely'] | Tx, request: SecretRequest): Promise<ResolvedSecret>;
}

/** @throws TokenhallError `secret-unreadable` */
export function open({ roots }: Pick<SecretsDeps, 'roots'>, row: SecretRow): Buffer {
  const root = roots.find(row.root_version);
  if (!root)
    throw new TokenhallError(
      'secret-unreadable',
      `${row.id} needs root ${row.root_version}, which is not here`,
    );
  return unseal(root, row, placeOf(row));
}

/** Says it once in the ledger and keeps it visible in the row, whatever becomes of the caller's transaction. */
async function tellUnreadable(deps: SecretsDeps, row: SecretRow): Promise<void> {
  await transact(deps.db, async (tx) => {
    if (!(await markUnreadable(tx, row, deps.now()))) return;
    await stageAsSystem(deps, tx)('provider-secret.unreadable', {
      ...eventOf(row),
      rootVersion: row.root_version,
      during: 'use',
    });
  });
}

async function verified(deps: SecretsDeps, row: SecretRow): Promise<void> {
  try {
    open(deps, row).fill(0);
  } catch (error) {
    await tellUnreadable(deps, row);
    throw error;
  }
  // Somebody has put back what was missing.
  if (row.unreadable_at !== null) await markReadable(deps.db.kysely, row);
}

const noSecret = (provider: string, alwaysMine: boolean) =>
  new TokenhallError(
    'no-provider-secret',
    alwaysMine
      ? `there is no key of your own for ${provider}, and you use your own only; store one, or turn that off`
      : `there is no key for ${provider}; store one of your own`,
  );

export const createProviderSecrets = (deps: SecretsDeps): ProviderSecrets => ({
  resolve: async (db, { provider, agentId, accountId, alwaysMine }) => {
    const found = await readCandidates(db, provider, agentId, accountId);
    if (agentId !== null && accountId !== null && found.agentOwner !== accountId)
      throw new TokenhallError('foreign-agent', 'this agent belongs to another account');
    const own = alwaysMine || found.alwaysMine;
    const row = choose(found.rows, own);
    if (!row) throw noSecret(provider, own);
    await verified(deps, row);
    return {
      secretId: row.id,
      provider: row.provider,
      scope: row.scope,
      version: row.root_version,
      use: async (work) => {
        const material = open(deps, row);
        try {
          return await work(material.toString('latin1'));
        } finally {
          material.fill(0);
        }
      },
    };
  },
});
