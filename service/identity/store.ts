import { sql } from 'kysely';
import type { Database, Tx } from '../db/database.ts';
import type { VerifiedSignature } from '../gate/context.ts';

interface NonceTables {
  readonly nonces: 'admin_nonces' | 'approval_nonces';
  readonly horizon: 'admin_nonce_horizon' | 'approval_nonce_horizon';
  /**
   * How far the horizon stays behind the highest time stored: the longest that a signature of this kind may still live when it is
   * accepted (skew and lifetime), and some minutes for a transaction that was judged just before.
   */
  readonly lag: '5 minutes' | '24 hours 5 minutes';
}

/** Apart from each other: an approval lives for a day, which would carry the horizon of the others into tomorrow. */
const NONCES: Readonly<Record<VerifiedSignature['purpose'], NonceTables>> = {
  admin: { nonces: 'admin_nonces', horizon: 'admin_nonce_horizon', lag: '5 minutes' },
  approval: { nonces: 'approval_nonces', horizon: 'approval_nonce_horizon', lag: '24 hours 5 minutes' },
};

/**
 * Stores the nonce unless its signature expires behind the horizon of purged nonces.
 * @returns false behind the horizon
 * @throws DatabaseError of `admin_nonces_once` or `approval_nonces_once` when it was used before
 */
export async function insertNonce(
  tx: Tx,
  { purpose, keyId, nonce, expires }: VerifiedSignature,
): Promise<boolean> {
  const { nonces, horizon } = NONCES[purpose];
  const stored = await sql`INSERT INTO ${sql.table(nonces)} (key_id, nonce, expires_at)
    SELECT ${keyId}, ${nonce}, ${expires}::timestamptz FROM ${sql.table(horizon)} WHERE horizon < ${expires}`.execute(
    tx,
  );
  return stored.numAffectedRows === 1n;
}

/** Forgets the nonces behind the horizon, then moves the horizon up towards the highest time stored. */
export async function passHorizon(tx: Tx, purpose: VerifiedSignature['purpose']): Promise<void> {
  const { nonces, horizon, lag } = NONCES[purpose];
  await sql`DELETE FROM ${sql.table(nonces)}
    WHERE expires_at <= (SELECT horizon FROM ${sql.table(horizon)})`.execute(tx);
  await sql`UPDATE ${sql.table(horizon)} SET horizon = greatest(horizon,
    (SELECT max(expires_at) - ${sql.lit(lag)}::interval FROM ${sql.table(nonces)}))`.execute(tx);
}

export const setSavepoint = (tx: Tx) => sql`SAVEPOINT before_action`.execute(tx);
export const undoToSavepoint = (tx: Tx) => sql`ROLLBACK TO SAVEPOINT before_action`.execute(tx);

/** @returns false while another transaction works on this request */
export async function tryLockRequest(tx: Tx, actor: string, key: string): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${`${actor} ${key}`}, 11)) AS mine`.execute(tx);
  return rows[0]?.mine === true;
}

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
