import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { NewHold, OpenHold } from './store.ts';

/** Opens holds of wallets that are locked and judged already, in one statement. */
export async function insertHolds(tx: Tx, holds: readonly NewHold[]): Promise<void> {
  const column = <K extends keyof NewHold>(name: K): NewHold[K][] => holds.map((hold) => hold[name]);
  await sql`
    INSERT INTO holds (id, wallet, units, purpose, reference, expires_at)
    SELECT * FROM unnest(${column('id')}::text[], ${column('wallet')}::text[], ${column('units')}::bigint[],
      ${column('purpose')}::text[], ${column('reference')}::text[], ${column('expiresAt')}::timestamptz[])`.execute(
    tx,
  );
}

/** The holds that exist, locked in the order of their ids. Holds are locked before wallets. */
export async function lockHolds(tx: Tx, ids: readonly string[]): Promise<Map<string, OpenHold>> {
  const rows = await tx
    .selectFrom('holds')
    .select(['id', 'wallet', 'units', 'state'])
    .where('id', '=', sql<string>`ANY(${[...ids]}::text[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Map(rows.map(({ id, ...row }) => [id, { ...row, units: BigInt(row.units) }]));
}

export interface Settled {
  readonly holdId: string;
  readonly from: string;
  readonly to: string;
  readonly units: bigint;
  /** Null when nothing is paid. */
  readonly transferId: string | null;
  readonly entryId: string;
}

/** Ends pending holds as posted. @returns how many were pending */
export async function endAsPosted(tx: Tx, settled: readonly Settled[]): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE holds SET state = 'posted', ended_at = now(), posted_units = e.units, transfer_id = e.transfer_id
    FROM unnest(${settled.map(({ holdId }) => holdId)}::text[], ${settled.map(({ units }) => units)}::bigint[],
      ${settled.map(({ transferId }) => transferId)}::text[]) AS e (id, units, transfer_id)
    WHERE holds.id = e.id AND holds.state = 'pending'`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Enters settlements with their postings in one statement. The postings come in the order in which wallets are locked, so what
 * everybody pays to is locked last.
 */
export async function insertSettlements(tx: Tx, settled: readonly Settled[]): Promise<void> {
  const column = <K extends keyof Settled>(name: K): Settled[K][] => settled.map((one) => one[name]);
  await sql`
    WITH given AS (
      SELECT * FROM unnest(${column('transferId')}::text[], ${column('from')}::text[], ${column('to')}::text[],
        ${column('units')}::bigint[], ${column('holdId')}::text[], ${column('entryId')}::text[])
        AS g (id, from_wallet, to_wallet, units, hold_id, entry_id)
    ), entered AS (
      INSERT INTO transfers (id, kind, from_wallet, to_wallet, units, hold_id, entry_id)
      SELECT id, 'settlement', from_wallet, to_wallet, units, hold_id, entry_id FROM given
    )
    INSERT INTO postings (transfer_id, wallet, units)
    SELECT id, wallet, units FROM (
      SELECT id, from_wallet AS wallet, -units AS units FROM given UNION ALL SELECT id, to_wallet, units FROM given
    ) AS both_sides ORDER BY wallet COLLATE "C" DESC`.execute(tx);
}
