import { type EntryContent, leafOf } from '../../../shared/ledger/commitment.ts';
import { sha256 } from '../entry-row.ts';
import { readAuthentic, type SealedRow } from '../mac.ts';

export interface StagedRow extends SealedRow {
  readonly arrival: string;
  readonly salts: Buffer | null;
  /** Whether an entry of this id is in the log already. */
  readonly numbered: boolean;
}

/** Why a staged row is not ours: it was forged or altered, replayed, or its commitments open to something else. */
export type Forgery = 'mac' | 'replayed' | 'salts';

/**
 * Judges one staged row: whoever can insert rows in the database, but does not hold the staging key, gets no further.
 * @returns `undefined` for a genuine row
 */
export function judge(row: StagedRow, macKey: Uint8Array): Forgery | undefined {
  const content = readAuthentic(row, macKey);
  if (!content) return 'mac';
  if (row.numbered) return 'replayed';
  return saltsOpen(row, content) ? undefined : 'salts';
}

/** Salts have no MAC of their own; without the right ones nobody could ever open the entry. */
function saltsOpen(row: StagedRow, content: EntryContent): boolean {
  if (row.salts === null) return false;
  try {
    return leafOf(sha256, content, row.salts) === row.leaf;
  } catch {
    return false;
  }
}
