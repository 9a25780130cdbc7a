import type { Actor } from '../../../shared/ledger/entry.ts';
import type { EventData, EventKind } from '../../../shared/ledger/events.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import type { SecretRoots } from './roots.ts';
import type { SecretRow } from './rules.ts';
import type { Random } from './seal.ts';

/** What this room leans on. */
export interface SecretsDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
  readonly roots: SecretRoots;
  readonly random: Random;
  now(): Date;
}

/** The service itself: what it finds out and what it does in the background. */
const SYSTEM: Actor = { type: 'system', id: 'provider-secrets', name: null };

export const stageAsSystem =
  ({ staging }: Pick<SecretsDeps, 'staging'>, tx: Tx) =>
  <K extends EventKind>(kind: K, data: EventData<K>): Promise<string> =>
    staging.stage(tx, { kind, data, actor: SYSTEM, agent: null, requestId: null });

/** What the ledger says about a secret: which, whose and how it is told from others. */
export const eventOf = ({
  id: secretId,
  provider,
  scope,
  tenant,
  fingerprint,
}: Pick<SecretRow, 'id' | 'provider' | 'scope' | 'tenant' | 'fingerprint'>) => ({
  secretId,
  provider,
  scope,
  tenant,
  fingerprint,
});
