/** The last hour, and not a second more (SPEC: a limit is tried on it before it is saved). */
export const DEMAND_SECONDS = 3600;
/** Subjects kept in each scope: 7.2 KB each, so four full scopes take 29 MB and never more. */
const SUBJECTS = 1000;

interface Ring {
  readonly label: string;
  /** Requests asked in each second, at `second % DEMAND_SECONDS`. */
  readonly counts: Uint16Array;
  newest: number;
}

/** One subject's requests, second by second, oldest first; `counts[i]` is second `from + i`. */
export interface Demand {
  readonly id: string;
  readonly label: string;
  readonly counts: Uint16Array;
}

/** What each subject of one scope asked for in the last hour, whether it was let through or not. Bounded, in memory. */
export class DemandLog {
  /** Least recently asked first. */
  readonly #rings = new Map<string, Ring>();
  readonly #capacity: number;
  /** Before this second somebody may have been forgotten. */
  #completeSince: number;

  /** @param second monotonic; when counting began */
  constructor(second: number, capacity: number = SUBJECTS) {
    this.#capacity = capacity;
    this.#completeSince = second;
  }

  note(id: string, label: string, second: number): void {
    const ring = this.#ringOf(id, label, second);
    for (let s = Math.max(ring.newest + 1, second - DEMAND_SECONDS + 1); s <= second; s += 1)
      ring.counts[s % DEMAND_SECONDS] = 0;
    ring.newest = Math.max(ring.newest, second);
    const at = second % DEMAND_SECONDS;
    // A second that overflows is a limit broken all the same.
    ring.counts[at] = Math.min(0xffff, (ring.counts[at] ?? 0) + 1);
  }

  /** From which second on nobody has been forgotten, within the hour. */
  completeSince(second: number): number {
    return Math.max(this.#completeSince, second - DEMAND_SECONDS + 1);
  }

  /** @param id of one subject, or null for all. */
  demands(second: number, id: string | null): Demand[] {
    const found = id === null ? [...this.#rings] : [...this.#rings].filter(([known]) => known === id);
    return found.map(([known, ring]) => ({ id: known, label: ring.label, counts: unrolled(ring, second) }));
  }

  #ringOf(id: string, label: string, second: number): Ring {
    const known = this.#rings.get(id);
    this.#rings.delete(id);
    const ring = known ?? { label, counts: new Uint16Array(DEMAND_SECONDS), newest: second - 1 };
    this.#rings.set(id, ring);
    if (this.#rings.size > this.#capacity) this.#forgetOldest();
    return ring;
  }

  #forgetOldest(): void {
    const [oldest] = this.#rings;
    if (!oldest) return;
    this.#rings.delete(oldest[0]);
    this.#completeSince = Math.max(this.#completeSince, oldest[1].newest + 1);
  }
}

/** The hour up to this second as one line. What is older than the ring's newest by an hour has been overwritten. */
function unrolled({ counts, newest }: Ring, second: number): Uint16Array {
  const line = new Uint16Array(DEMAND_SECONDS);
  const gap = second - newest;
  if (gap >= DEMAND_SECONDS) return line;
  // The ring's oldest second stands behind its newest.
  const split = (newest % DEMAND_SECONDS) + 1;
  line.set(counts.subarray(split), 0);
  line.set(counts.subarray(0, split), DEMAND_SECONDS - split);
  return gap > 0 ? shifted(line, gap) : line;
}

function shifted(line: Uint16Array, by: number): Uint16Array {
  line.copyWithin(0, by);
  line.fill(0, DEMAND_SECONDS - by);
  return line;
}
