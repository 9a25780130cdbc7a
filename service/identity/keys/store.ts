import type { ExpressionBuilder } from 'kysely';
import type { ApiKey } from '../../../shared/http/keys.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
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

const unexpired = (now: Date) => (eb: ExpressionBuilder<Schema, 'api_keys'>) =>
  eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]);

/** The key with this hash. A revoked or expired one is not found: there is nothing else to say about it to its holder. */
export const findActiveKey = (db: Reader, hash: Buffer, now: Date): Promise<KeyRow | undefined> =>
  db
    .selectFrom('api_keys')
    .select(columns)
    .where('key_hash', '=', hash)
    .where('revoked_at', 'is', null)
    .where(unexpired(now))
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

/** Whose a key is, and what bounds it. */
export interface KeyOwner {
  readonly accountId: string;
  readonly agentId: string | null;
  readonly spendLimit: bigint | null;
  readonly expiresAt: Date | null;
}

export interface NewKey {
  readonly id: string;
  readonly family: KeyFamily;
  /** Null: nobody's, made by an operator. */
  readonly owner: KeyOwner | null;
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
  /** Of this account only. */
  readonly accountId?: string;
  readonly family?: KeyFamily | undefined;
  readonly state?: ApiKey['state'] | undefined;
  /** Keys older than this id: ids sort by time and are unique, so equal times neither skip nor repeat a row. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export function listKeys(db: Reader, page: KeyPage, now: Date): Promise<KeyRow[]> {
  const { accountId, family, state, before, limit } = page;
  let query = db.selectFrom('api_keys').select(columns).orderBy('id', 'desc').limit(limit);
  if (accountId !== undefined) query = query.where('account_id', '=', accountId);
  if (family !== undefined) query = query.where('family', '=', family);
  if (state !== undefined) query = query.where('revoked_at', state === 'revoked' ? 'is not' : 'is', null);
  if (state === 'expired') query = query.where('expires_at', '<=', now);
  if (state === 'active') query = query.where(unexpired(now));
  if (before !== undefined) query = query.where('id', '<', before);
  return query.execute();
}

/** The keys of an agent that work, locked until the end of the transaction. */
export const lockAgentsKeys = (tx: Tx, agentId: string, now: Date): Promise<KeyRow[]> =>
  tx
    .selectFrom('api_keys')
    .select(columns)
    .where('agent_id', '=', agentId)
    .where('revoked_at', 'is', null)
    .where(unexpired(now))
    .orderBy('id')
    .forUpdate()
    .execute();

/** Whether the key works, and keeps it from being revoked until the end of the transaction. */
export const holdActiveKey = async (tx: Tx, id: string, now: Date): Promise<boolean> =>
  (await tx
    .selectFrom('api_keys')
    .select('id')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where(unexpired(now))
    .forShare()
    .executeTakeFirst()) !== undefined;

export async function countActiveKeys(tx: Tx, accountId: string, now: Date): Promise<number> {
  const { n } = await tx
    .selectFrom('api_keys')
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .where('account_id', '=', accountId)
    .where('revoked_at', 'is', null)
    .where(unexpired(now))
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** @throws DatabaseError of `api_keys_stay_revoked` for a revoked key */
export const changeKey = (
  tx: Tx,
  id: string,
  to: { readonly label: string; readonly requestsPerMinute: number; readonly spendLimit: bigint | null },
): Promise<KeyRow> =>
  tx
    .updateTable('api_keys')
    .set({ label: to.label, requests_per_minute: to.requestsPerMinute, spend_limit: to.spendLimit })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();
