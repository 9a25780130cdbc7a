import { leafOf } from '../../../shared/ledger/commitment.ts';
import { contentOf, sha256 } from '../entry-row.ts';
import { isAuthentic, type SealedRow } from '../mac.ts';

export interface StagedRow extends SealedRow {
  readonly arrival: string;
  readonly salts: Buffer | null;
}

/** Why a staged row is not ours: it was forged or altered, replayed, or its commitments open to something else. */
export type Forgery = 'mac' | 'replayed' | 'salts';

/**
 * Judges one staged row: whoever can insert rows in the database, but does not hold the staging key, gets no further.
 * @param isNumbered whether an entry of this id is in the log already
 * @returns `undefined` for a genuine row
 */
export function judge(row: StagedRow, macKey: Uint8Array, isNumbered: boolean): Forgery | undefined {
  if (!isAuthentic(row, macKey)) return 'mac';
  if (isNumbered) return 'replayed';
  return saltsOpen(row) ? undefined : 'salts';
}

/** Salts have no MAC of their own; without the right ones nobody could ever open the entry. */
function saltsOpen(row: StagedRow): boolean {
  if (row.salts === null) return false;
  try {
    return leafOf(sha256, contentOf(row), row.salts) === row.leaf;
  } catch {
    return false;
  }
}
