/** The requests of one subject that were let through within its window. */
interface Entry {
  label: string;
  limit: number;
  windowMs: number;
  /** Times of allowed requests, oldest first; those before `head` have left the window. */
  times: number[];
  head: number;
  refused: number;
}

export interface Take {
  readonly allowed: boolean;
  readonly used: number;
  /** Milliseconds until the oldest counted request leaves the window. */
  readonly resetMs: number;
}

export interface WindowView extends Take {
  readonly label: string;
  readonly limit: number;
  readonly windowMs: number;
  readonly refused: number;
}

/** Subjects beyond the bound share this many windows, so a flood of new names is slowed and never let through. */
const SHARED_WINDOWS = 256;

const shardOf = (id: string): string => {
  let sum = 0;
  for (let i = 0; i < id.length; i += 1) sum = (sum * 31 + id.charCodeAt(i)) >>> 0;
  return `shared:${sum % SHARED_WINDOWS}`;
};

/**
 * A sliding log: at most `limit` requests in any span of `windowMs`, exactly, for each subject. Memory is bounded: only a
 * subject whose window is empty is ever forgotten, so forgetting can never let anybody through.
 */
export class SlidingLog {
  /** Least recently asked first. */
  readonly #entries = new Map<string, Entry>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @param nowMs monotonic milliseconds: a wall clock that is set would open or close the window */
  take(id: string, label: string, limit: number, windowMs: number, nowMs: number): Take {
    const entry = this.#entryOf(id, label, limit, windowMs, nowMs);
    const used = expire(entry, nowMs);
    const allowed = used < limit;
    if (allowed) entry.times.push(nowMs);
    else entry.refused += 1;
    // What a refused client waits for is room for one more, also when its limit was lowered below what it has used.
    const blocking = entry.times[entry.head + (allowed ? 0 : used - limit)] ?? nowMs;
    return { allowed, used: allowed ? used + 1 : used, resetMs: blocking + windowMs - nowMs };
  }

  /** The windows that hold anything now. */
  *windows(nowMs: number): Generator<WindowView> {
    for (const entry of this.#entries.values()) {
      const used = expire(entry, nowMs);
      if (used === 0) continue;
      const { label, limit, windowMs, refused } = entry;
      const resetMs = (entry.times[entry.head] ?? nowMs) + windowMs - nowMs;
      yield { label, limit, windowMs, refused, used, resetMs, allowed: used < limit };
    }
  }

  #entryOf(id: string, label: string, limit: number, windowMs: number, nowMs: number): Entry {
    const known = this.#entries.get(id);
    if (known) {
      this.#entries.delete(id);
      this.#entries.set(id, Object.assign(known, { label, limit, windowMs }));
      return known;
    }
    this.#forgetIdle(nowMs);
    if (this.#entries.size >= this.#capacity && !id.startsWith('shared:'))
      return this.#entryOf(shardOf(id), 'others', limit, windowMs, nowMs);
    const entry: Entry = { label, limit, windowMs, times: [], head: 0, refused: 0 };
    this.#entries.set(id, entry);
    return entry;
  }

  /** Forgets from the idle end; two a call keeps ahead of one new subject a call. */
  #forgetIdle(nowMs: number): void {
    for (let i = 0; i < 2; i += 1) {
      const [oldest] = this.#entries;
      if (!oldest || expire(oldest[1], nowMs) > 0) return;
      this.#entries.delete(oldest[0]);
    }
  }
}

/** Drops what has left the window. @returns how many requests remain in it */
function expire(entry: Entry, nowMs: number): number {
  while (entry.head < entry.times.length && (entry.times[entry.head] ?? 0) <= nowMs - entry.windowMs)
    entry.head += 1;
  if (entry.head > 64 && entry.head * 2 > entry.times.length) {
    entry.times = entry.times.slice(entry.head);
    entry.head = 0;
  }
  return entry.times.length - entry.head;
}
