import { sql } from 'kysely';
import type { ActivationMode } from '../../../shared/http/minting.ts';
import type { ProvenToken } from '../../../shared/ledger/completeness.ts';
import type { Database, Tx } from '../../db/database.ts';

/** A lease outlives a slow chunk and a database that is slow by seconds; every chunk renews it. */
const LEASE = sql`interval '10 seconds'`;

export interface LeasedJob {
  readonly id: string;
  readonly brandId: string;
  readonly quantity: number;
  readonly serialPattern: string;
  readonly firstNumber: number;
  readonly activation: ActivationMode;
  readonly done: number;
  /** Grew when this lease began: whoever holds an older one can no longer write. */
  readonly fence: string;
}

/**
 * Takes the oldest job that nobody works on, or that its worker left. Times are the database's: clocks of workers may differ.
 * Workers that look at once step over each other's locks. A lease that lasts longer than any is given was written before the
 * clock was set back, and has ended.
 */
export async function takeJob(tx: Tx, owner: string): Promise<LeasedJob | undefined> {
  const { rows } = await sql<LeasedJob>`
    UPDATE mint_jobs SET state = 'running', lease_owner = ${owner}, lease_expires_at = clock_timestamp() + ${LEASE},
      fence = fence + 1
    WHERE id = (
      SELECT id FROM mint_jobs
      WHERE state IN ('queued', 'running') AND (lease_expires_at IS NULL OR lease_expires_at < clock_timestamp()
        OR lease_expires_at > clock_timestamp() + ${LEASE})
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, brand_id AS "brandId", quantity, serial_pattern AS "serialPattern",
      first_number::float8 AS "firstNumber", activation, done, fence`.execute(tx);
  return rows[0];
}

/** What a write of the lease's holder is guarded by. */
export interface Fence {
  readonly id: string;
  readonly fence: string;
}

/**
 * Claims the next positions and renews the lease. First statement of its transaction: whoever pauses, cancels or takes over
 * waits for the chunk, or was there before and the chunk is not written.
 * @returns false when the job is no longer this worker's
 */
export async function advance(tx: Tx, { id, fence }: Fence, from: number, to: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE mint_jobs SET done = ${to}, lease_expires_at = clock_timestamp() + ${LEASE}
    WHERE id = ${id} AND fence = ${fence} AND state = 'running' AND done = ${from}`.execute(tx);
  return numAffectedRows === 1n;
}

/** A sign of life while nothing is written. @returns false when the job is no longer this worker's */
export async function renew(db: Pick<Database, 'kysely'>, { id, fence }: Fence): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE mint_jobs SET lease_expires_at = clock_timestamp() + ${LEASE}
    WHERE id = ${id} AND fence = ${fence} AND state = 'running'`.execute(db.kysely);
  return numAffectedRows === 1n;
}

/** Leaves the job to the next worker at once, at a clean stop. */
export async function release(db: Pick<Database, 'kysely'>, { id, fence }: Fence): Promise<void> {
  await sql`
    UPDATE mint_jobs SET state = 'queued', lease_owner = NULL, lease_expires_at = NULL
    WHERE id = ${id} AND fence = ${fence} AND state = 'running'`.execute(db.kysely);
}

export type Ending = { readonly root: Uint8Array } | { readonly failure: string };

/** @returns false when the job is no longer this worker's */
export async function finish(tx: Tx, { id, fence }: Fence, ending: Ending, at: Date): Promise<boolean> {
  const [state, root, failure] =
    'root' in ending ? ['completed', Buffer.from(ending.root), null] : ['failed', null, ending.failure];
  const { numAffectedRows } = await sql`
    UPDATE mint_jobs SET state = ${state}, root = ${root}, failure = ${failure}, finished_at = ${at},
      lease_owner = NULL, lease_expires_at = NULL
    WHERE id = ${id} AND fence = ${fence} AND state = 'running'`.execute(tx);
  return numAffectedRows === 1n;
}

const CODE_HASH_BYTES = 32;

/**
 * What the proof of completeness is over, from one position to another: one row of lists, because reading a row for each token
 * took longer than hashing it.
 */
export async function provenTokens(
  db: Pick<Database, 'kysely'>,
  jobId: string,
  after: number,
  upTo: number,
): Promise<ProvenToken[]> {
  const { rows } = await sql<{ positions: string | null; serials: string | null; hashes: Buffer | null }>`
    SELECT string_agg(position::text, ' ' ORDER BY position) AS positions, string_agg(serial, ' ' ORDER BY position) AS serials,
      string_agg(code_hash, ''::bytea ORDER BY position) AS hashes
    FROM mint_tokens WHERE job_id = ${jobId} AND position > ${after} AND position <= ${upTo}`.execute(
    db.kysely,
  );
  const { positions, serials, hashes } = rows[0] ?? {};
  // No serial has a blank: a pattern takes letters, digits, dots, dashes and underscores.
  const texts = serials?.split(' ') ?? [];
  return (positions?.split(' ') ?? []).map((position, i) => ({
    ...{ position: Number(position), serial: texts[i] ?? '' },
    codeHash: hashes?.subarray(CODE_HASH_BYTES * i, CODE_HASH_BYTES * (i + 1)) ?? new Uint8Array(),
  }));
}
