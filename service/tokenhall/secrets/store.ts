import { sql } from 'kysely';
import type { SecretScope } from '../../../shared/http/provider-secrets.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { ListedSecret, SecretRow } from './rules.ts';
import type { Sealed } from './seal.ts';

export type Reader = Pick<Database, 'kysely'>['kysely'];

const listed = [
  'id',
  'provider',
  'scope',
  'tenant',
  'root_version',
  'fingerprint',
  'revision',
  'created_at',
  'updated_at',
  'updated_by',
  'unreadable_at',
] as const;
const whole = [...listed, 'salt', 'nonce', 'box'] as const;

export interface Candidates {
  readonly rows: readonly SecretRow[];
  /** Null when the agent is unknown or unclaimed, or none was asked about. */
  readonly agentOwner: string | null;
  readonly alwaysMine: boolean;
}

/** Everything that decides which secret is used, as of one instant. @param accountId null: the owner of the agent */
export async function readCandidates(
  db: Reader,
  provider: string,
  agentId: string | null,
  accountId: string | null,
): Promise<Candidates> {
  const owner = sql<string | null>`(SELECT owner_id FROM agents WHERE id = ${agentId})`;
  const account = sql<string | null>`coalesce(${accountId}, ${owner})`;
  const rows = await db
    .selectFrom(
      sql<{ agent_owner: string | null; always_mine: boolean }>`(SELECT ${owner} AS agent_owner, coalesce(
        (SELECT always_mine FROM provider_secret_preferences WHERE account_id = ${account}), false) AS always_mine)`.as(
        'who',
      ),
    )
    .leftJoin('provider_secrets as s', (join) =>
      join.on(sql<boolean>`s.provider = ${provider} AND s.tenant IN (${agentId}, ${account}, 'platform')`),
    )
    .select(['who.agent_owner', 'who.always_mine'])
    .select(whole.map((column) => `s.${column}` as const))
    .execute();
  return {
    rows: rows.filter((row) => row.id !== null) as readonly SecretRow[],
    agentOwner: rows[0]?.agent_owner ?? null,
    alwaysMine: rows[0]?.always_mine ?? false,
  };
}

export interface SecretOwner {
  readonly scope: SecretScope;
  /** Agent or account; null for the platform. */
  readonly id: string | null;
}

const tenantOf = ({ id }: SecretOwner): string => id ?? 'platform';

/** The secret of this owner, locked until the end of the transaction. */
export const lockOwn = (tx: Tx, provider: string, owner: SecretOwner): Promise<SecretRow | undefined> =>
  tx
    .selectFrom('provider_secrets')
    .select(whole)
    .where('provider', '=', provider)
    .where('tenant', '=', tenantOf(owner))
    .forUpdate()
    .executeTakeFirst();

export interface Written extends Sealed {
  readonly rootVersion: number;
  readonly fingerprint: string;
  readonly at: Date;
  readonly by: string;
}

/** @returns undefined when another transaction stored one for this owner first */
export const insertSecret = (
  tx: Tx,
  secret: Written & { readonly id: string; readonly provider: string; readonly owner: SecretOwner },
): Promise<ListedSecret | undefined> =>
  tx
    .insertInto('provider_secrets')
    .values({
      id: secret.id,
      provider: secret.provider,
      scope: secret.owner.scope,
      agent_id: secret.owner.scope === 'agent' ? secret.owner.id : null,
      account_id: secret.owner.scope === 'account' ? secret.owner.id : null,
      root_version: secret.rootVersion,
      salt: secret.salt,
      nonce: secret.nonce,
      box: secret.box,
      fingerprint: secret.fingerprint,
      created_at: secret.at,
      created_by: secret.by,
      updated_at: secret.at,
      updated_by: secret.by,
    })
    .onConflict((oc) => oc.constraint('provider_secrets_one_per_scope').doNothing())
    .returning(listed)
    .executeTakeFirst();

export const replaceSecret = (
  tx: Tx,
  { id, revision }: Pick<SecretRow, 'id' | 'revision'>,
  written: Written,
): Promise<ListedSecret> =>
  tx
    .updateTable('provider_secrets')
    .set({
      root_version: written.rootVersion,
      salt: written.salt,
      nonce: written.nonce,
      box: written.box,
      fingerprint: written.fingerprint,
      revision: revision + 1,
      updated_at: written.at,
      updated_by: written.by,
      unreadable_at: null,
    })
    .where('id', '=', id)
    .returning(listed)
    .executeTakeFirstOrThrow();

/** Deletes it, or, for an account, only if it is its own or one of its agents'. */
export function deleteSecret(
  tx: Tx,
  id: string,
  ofAccount: string | null,
): Promise<ListedSecret | undefined> {
  let gone = tx.deleteFrom('provider_secrets').where('id', '=', id);
  if (ofAccount !== null) gone = gone.where(ownedBy(ofAccount));
  return gone.returning(listed).executeTakeFirst();
}

const ownedBy = (accountId: string) =>
  sql<boolean>`(account_id = ${accountId} OR agent_id IN (SELECT id FROM agents WHERE owner_id = ${accountId}))`;

export const listOwned = (db: Reader, accountId: string, limit: number): Promise<ListedSecret[]> =>
  db
    .selectFrom('provider_secrets')
    .select(listed)
    .where(ownedBy(accountId))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();

export interface SecretPage {
  readonly scope?: SecretScope | undefined;
  readonly rootVersion?: number | undefined;
  readonly provider?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

export function listSecrets(db: Reader, page: SecretPage): Promise<ListedSecret[]> {
  let query = db.selectFrom('provider_secrets').select(listed).orderBy('id', 'desc').limit(page.limit);
  if (page.scope !== undefined) query = query.where('scope', '=', page.scope);
  if (page.rootVersion !== undefined) query = query.where('root_version', '=', page.rootVersion);
  if (page.provider !== undefined) query = query.where('provider', '=', page.provider);
  if (page.before !== undefined) query = query.where('id', '<', page.before);
  return query.execute();
}

/** @returns whether this is news: it was readable until now, as far as anybody knew */
export async function markUnreadable(tx: Tx, row: SecretRow, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('provider_secrets')
    .set({ unreadable_at: at })
    .where('id', '=', row.id)
    // The row that was read; whoever has replaced it since has mended it.
    .where('box', '=', row.box)
    .where('unreadable_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export const markReadable = (db: Reader, row: Pick<SecretRow, 'id' | 'box'>): Promise<unknown> =>
  db
    .updateTable('provider_secrets')
    .set({ unreadable_at: null })
    .where('id', '=', row.id)
    .where('box', '=', row.box)
    .execute();

export async function readAlwaysMine(db: Reader, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom('provider_secret_preferences')
    .select('always_mine')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row?.always_mine ?? false;
}

export const writeAlwaysMine = (tx: Tx, accountId: string, alwaysMine: boolean, at: Date): Promise<unknown> =>
  tx
    .insertInto('provider_secret_preferences')
    .values({ account_id: accountId, always_mine: alwaysMine, set_at: at })
    .onConflict((oc) => oc.column('account_id').doUpdateSet({ always_mine: alwaysMine, set_at: at }))
    .execute();

export async function countAlwaysMine(db: Reader): Promise<number> {
  const { n } = await db
    .selectFrom('provider_secret_preferences')
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .where('always_mine', '=', true)
    .executeTakeFirstOrThrow();
  return Number(n);
}
