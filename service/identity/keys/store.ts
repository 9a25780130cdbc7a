import type { Database, Tx } from '../../db/database.ts';
import type { KeyFamily, KeyRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  'id',
  'family',
  'account_id',
  'agent_id',
  'label',
  'display_prefix',
  'requests_per_minute',
  'spend_limit',
  'expires_at',
  'created_at',
  'created_by',
  'last_used_at',
  'revoked_at',
  'revoked_reason',
] as const;

/** The key with this hash. A revoked or expired one is not found: there is nothing else to say about it to its holder. */
export const findActiveKey = (db: Reader, hash: Buffer, now: Date): Promise<KeyRow | undefined> =>
  db
    .selectFrom('api_keys')
    .select(columns)
    .where('key_hash', '=', hash)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .executeTakeFirst();

export const readKey = (db: Reader, id: string): Promise<KeyRow | undefined> =>
  db.selectFrom('api_keys').select(columns).where('id', '=', id).executeTakeFirst();

/** The key, locked until the transaction ends, so that two changes of its limit never judge the same one. */
export const lockKey = (tx: Tx, id: string): Promise<KeyRow | undefined> =>
  tx.selectFrom('api_keys').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();

export const setLimit = (tx: Tx, id: string, requestsPerMinute: number): Promise<KeyRow> =>
  tx
    .updateTable('api_keys')
    .set({ requests_per_minute: requestsPerMinute })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

export interface NewKey {
  readonly id: string;
  readonly family: KeyFamily;
  /** Whose it is; null: nobody's, made by an operator. */
  readonly owner: {
    readonly accountId: string;
    readonly agentId: string | null;
    readonly spendLimit: bigint | null;
    readonly expiresAt: Date | null;
  } | null;
  readonly label: string;
  readonly hash: Buffer;
  readonly displayPrefix: string;
  readonly requestsPerMinute: number;
  readonly createdAt: Date;
  readonly createdBy: string;
}

export const insertKey = (tx: Tx, key: NewKey): Promise<KeyRow> =>
  tx
    .insertInto('api_keys')
    .values({
      id: key.id,
      family: key.family,
      account_id: key.owner?.accountId ?? null,
      agent_id: key.owner?.agentId ?? null,
      spend_limit: key.owner?.spendLimit ?? null,
      expires_at: key.owner?.expiresAt ?? null,
      label: key.label,
      key_hash: key.hash,
      display_prefix: key.displayPrefix,
      requests_per_minute: key.requestsPerMinute,
      created_at: key.createdAt,
      created_by: key.createdBy,
      revoked_by: null,
      revoked_reason: null,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();

/** Revokes an active key. @returns undefined when there is none with this id */
export const revokeActiveKey = (
  tx: Tx,
  id: string,
  revoked: { readonly at: Date; readonly by: string; readonly reason: string },
): Promise<KeyRow | undefined> =>
  tx
    .updateTable('api_keys')
    .set({ revoked_at: revoked.at, revoked_by: revoked.by, revoked_reason: revoked.reason })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning(columns)
    .executeTakeFirst();

export interface KeyPage {
  readonly state?: 'active' | 'revoked' | undefined;
  /** Keys older than this id: ids sort by time and are unique, so equal times neither skip nor repeat a row. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export function listKeys(db: Reader, { state, before, limit }: KeyPage): Promise<KeyRow[]> {
  let query = db.selectFrom('api_keys').select(columns).orderBy('id', 'desc').limit(limit);
  if (state !== undefined) query = query.where('revoked_at', state === 'active' ? 'is' : 'is not', null);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.execute();
}
