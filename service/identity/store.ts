import { sql } from 'kysely';
import type { Database, Tx } from '../db/database.ts';
import type { VerifiedSignature } from '../gate/context.ts';

/**
 * No signature expires later than 120 s after it is accepted (skew and lifetime); five minutes leave room for a transaction
 * that was judged just before.
 */
const HORIZON_LAG = sql.lit('5 minutes');

/**
 * Stores the nonce unless its signature expires behind the horizon of purged nonces.
 * @returns false behind the horizon
 * @throws DatabaseError of `admin_nonces_once` when it was used before
 */
export async function insertNonce(tx: Tx, { keyId, nonce, expires }: VerifiedSignature): Promise<boolean> {
  const stored = await tx
    .insertInto('admin_nonces')
    .columns(['key_id', 'nonce', 'expires_at'])
    .expression((eb) =>
      eb
        .selectFrom('admin_nonce_horizon')
        .select([
          eb.val(keyId).as('key_id'),
          eb.val(nonce).as('nonce'),
          sql<Date>`${expires}::timestamptz`.as('expires_at'),
        ])
        .where('horizon', '<', expires),
    )
    .executeTakeFirst();
  return stored.numInsertedOrUpdatedRows === 1n;
}

/**
 * Stores the nonce of an approval, for ever: approvals are acts of persons and few, and they live too long for the horizon of
 * the others.
 * @throws DatabaseError of `approval_nonces_once` when it was used before
 */
export const insertApprovalNonce = (tx: Tx, { keyId, nonce, expires }: VerifiedSignature) =>
  tx.insertInto('approval_nonces').values({ key_id: keyId, nonce, expires_at: expires }).execute();

/** Forgets the nonces behind the horizon, then moves the horizon up to the highest time stored. */
export async function passHorizon(tx: Tx): Promise<void> {
  await tx
    .deleteFrom('admin_nonces')
    .where('expires_at', '<=', (eb) => eb.selectFrom('admin_nonce_horizon').select('horizon'))
    .execute();
  await sql`UPDATE admin_nonce_horizon SET horizon = greatest(horizon,
    (SELECT max(expires_at) - ${HORIZON_LAG}::interval FROM admin_nonces))`.execute(tx);
}

export const setSavepoint = (tx: Tx) => sql`SAVEPOINT before_action`.execute(tx);
export const undoToSavepoint = (tx: Tx) => sql`ROLLBACK TO SAVEPOINT before_action`.execute(tx);

export type SeenTable = 'account_sessions' | 'agent_keys' | 'api_keys' | 'operators';

const SEEN_COLUMN = {
  account_sessions: 'last_used_at',
  agent_keys: 'last_used_at',
  api_keys: 'last_used_at',
  operators: 'last_signed_at',
} as const satisfies Record<SeenTable, string>;

/** Moves the last-seen times of many rows forward in one statement. */
export async function writeLastSeen(
  db: Pick<Database, 'kysely'>,
  table: SeenTable,
  seen: ReadonlyMap<string, Date>,
): Promise<void> {
  const column = sql.ref(SEEN_COLUMN[table]);
  await sql`UPDATE ${sql.table(table)} AS t SET ${column} = s.at
    FROM unnest(${[...seen.keys()]}::text[], ${[...seen.values()]}::timestamptz[]) AS s (id, at)
    WHERE t.id = s.id AND (t.${column} IS NULL OR t.${column} < s.at)`.execute(db.kysely);
}
