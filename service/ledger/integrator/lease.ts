import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';

/** A leader that died is replaced after this; a living one renews it with every batch, so idling writes nothing. */
export const LEASE_SECONDS = 2;

/**
 * Takes or renews the lease of the ledger, and holds its row until the transaction ends.
 * @returns the fencing token, or `undefined` while another integrator leads
 */
export async function holdLease(tx: Tx, holder: string): Promise<number | undefined> {
  const { rows } = await sql<{ epoch: string }>`
    UPDATE leases
    SET epoch = CASE WHEN holder = ${holder} THEN epoch ELSE epoch + 1 END,
        holder = ${holder},
        expires_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    WHERE name = 'ledger' AND (holder = ${holder} OR expires_at < clock_timestamp())
    RETURNING epoch`.execute(tx);
  const epoch = rows[0]?.epoch;
  return epoch === undefined ? undefined : Number(epoch);
}

/** Lets the next integrator lead at once. */
export async function releaseLease(tx: Tx, holder: string): Promise<void> {
  await sql`UPDATE leases SET expires_at = '-infinity' WHERE name = 'ledger' AND holder = ${holder}`.execute(
    tx,
  );
}
