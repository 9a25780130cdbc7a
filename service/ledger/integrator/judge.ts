import { leafOf } from '../../../shared/ledger/commitment.ts';
import { type ContentRow, contentOf, sha256 } from '../entry-row.ts';
import { macMatches, stagingMac } from '../mac.ts';

export interface StagedRow extends ContentRow {
  readonly arrival: string;
  readonly leaf: string;
  readonly mac: Buffer;
  readonly salts: Buffer | null;
}

/** Why a staged row is not ours: it was forged or altered, replayed, or its commitments open to something else. */
export type Forgery = 'mac' | 'malformed' | 'replayed' | 'salts';

/**
 * Judges one staged row. Everything in it is attacker-controlled until its MAC is checked: whoever can insert rows in the
 * database, but does not hold the staging key, gets no further than this.
 * @param isNumbered whether an entry of this id is in the log already
 * @returns `undefined` for a genuine row
 */
export function judge(row: StagedRow, macKey: Uint8Array, isNumbered: boolean): Forgery | undefined {
  try {
    if (!macMatches(stagingMac(macKey, row, row.leaf), row.mac)) return 'mac';
    if (isNumbered) return 'replayed';
    // Salts have no MAC of their own; without the right ones nobody could ever open the entry.
    if (row.salts === null || leafOf(sha256, contentOf(row), row.salts) !== row.leaf) return 'salts';
    return undefined;
  } catch {
    return 'malformed';
  }
}
