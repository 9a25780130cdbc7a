import type { Tx } from '../../db/database.ts';
import { CONTENT_COLUMNS } from '../../ledger/entry-row.ts';
import type { SealedRow } from '../../ledger/mac.ts';
import type { CheckpointRow, Reader } from '../store.ts';

export interface StoredEntry extends SealedRow {
  readonly number: string;
  readonly leaf_hash: Buffer;
  readonly salts: Buffer | null;
}

/** Entries [first, end) as they are stored, with their salts where these are there. */
export const readStored = (db: Reader, first: number, end: number): Promise<StoredEntry[]> =>
  db
    .selectFrom('ledger_entries')
    .leftJoin('ledger_salts', 'ledger_salts.entry_id', 'ledger_entries.id')
    .select([...CONTENT_COLUMNS, 'number', 'leaf', 'leaf_hash', 'mac', 'salts'])
    .where('number', '>=', String(first))
    .where('number', '<', String(end))
    .orderBy('number')
    .execute();

/** Signed heads with sizes in (from, to]. */
export const readCheckpoints = (db: Reader, from: number, to: number): Promise<CheckpointRow[]> =>
  db
    .selectFrom('ledger_checkpoints')
    .select(['epoch', 'size', 'root', 'note', 'signed_at'])
    .where('size', '>', String(from))
    .where('size', '<=', String(to))
    .orderBy('size')
    .execute();

export async function readHeadRow(tx: Reader) {
  const row = await tx
    .selectFrom('ledger_head')
    .select(['size', 'root', 'frontier'])
    .executeTakeFirstOrThrow();
  return { size: Number(row.size), root: row.root, frontier: row.frontier };
}

interface WaitingRow extends SealedRow {
  /** Of the entry that has this id already; null for what has no number yet. */
  readonly numbered: string | null;
}

/** What waits for its number, in a snapshot: there an entry either waits or has one. */
export const readWaiting = (tx: Tx): Promise<WaitingRow[]> =>
  tx
    .selectFrom('ledger_staged')
    .select([...CONTENT_COLUMNS, 'leaf', 'mac'])
    .select((eb) =>
      eb
        .selectFrom('ledger_entries as e')
        .select('e.number')
        .whereRef('e.id', '=', 'ledger_staged.id')
        .as('numbered'),
    )
    .orderBy('arrival')
    .execute();
