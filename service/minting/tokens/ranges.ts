/** Positions from the first to the last, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Positions that come in ascending order, kept as the few ranges that they make. */
export class Ranges {
  readonly #ranges: { from: number; to: number }[] = [];

  add(position: number): void {
    const last = this.#ranges.at(-1);
    if (last && position === last.to + 1) last.to = position;
    else this.#ranges.push({ from: position, to: position });
  }

  get all(): readonly Range[] {
    return this.#ranges;
  }
}

/** What of these ranges is in none of the others; both ascend, and ranges of one list do not overlap. */
export function without(ranges: readonly Range[], others: readonly Range[]): Range[] {
  const left: Range[] = [];
  for (const { from, to } of ranges) {
    let next = from;
    for (const other of others) {
      if (other.to < next || other.from > to) continue;
      if (other.from > next) left.push({ from: next, to: other.from - 1 });
      next = other.to + 1;
    }
    if (next <= to) left.push({ from: next, to });
  }
  return left;
}
