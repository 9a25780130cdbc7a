import type { LedgerEntry } from '../../shared/ledger/entry.ts';

/** Numbers, both ends included, that the stream left out. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

export type NumberedEntry = LedgerEntry & { readonly number: number };

export const isNumbered = (entry: LedgerEntry): entry is NumberedEntry => entry.number !== null;

/** Position of the first entry whose number is at least `number`. */
export function positionOf(entries: readonly NumberedEntry[], number: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.number ?? Number.POSITIVE_INFINITY) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is left of the gaps once these numbers are known. */
export function without(gaps: readonly Gap[], numbers: ReadonlySet<number>): Gap[] {
  return gaps.flatMap((gap) => {
    const left: Gap[] = [];
    let from = gap.from;
    for (let n = gap.from; n <= gap.to + 1; n += 1) {
      if (n <= gap.to && !numbers.has(n)) continue;
      if (n > from) left.push({ from, to: n - 1 });
      from = n + 1;
    }
    return left;
  });
}
