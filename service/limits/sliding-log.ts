/** The requests of one subject that were let through within its window. */
interface Entry {
  label: string;
  limit: number;
  windowMs: number;
  /** Times of allowed requests, oldest first; those before `head` have left the window. */
  times: number[];
  head: number;
  refused: number;
  /** What the shared log last said: so many used, by every process, until the oldest of them leaves the window. */
  shared: { used: number; untilMs: number } | null;
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

  /**
   * Whether this log alone refuses already, which it then counts; for a log that knows only a share of a subject's requests.
   * A subject without a window of its own is never refused here: somebody else's requests would decide.
   * @returns the refusal, or null
   */
  refusal(id: string, limit: number, windowMs: number, nowMs: number): Take | null {
    const entry = this.#entries.get(id);
    if (!entry) return null;
    entry.windowMs = windowMs;
    const used = expire(entry, nowMs);
    if (used < limit) return null;
    entry.refused += 1;
    const blocking = entry.times[entry.head + used - limit] ?? nowMs;
    return { allowed: false, used, resetMs: blocking + windowMs - nowMs };
  }

  /**
   * Takes over what a shared log decided. One that is full keeps no new subject: the shared log holds it all the same.
   * @param took the shared log's decision, over the requests of every process
   */
  record(id: string, label: string, limit: number, windowMs: number, nowMs: number, took: Take): void {
    if (this.#full(id, nowMs)) return;
    const entry = this.#entryOf(id, label, limit, windowMs, nowMs);
    if (took.allowed) entry.times.push(nowMs);
    else entry.refused += 1;
    entry.shared = { used: took.used, untilMs: nowMs + took.resetMs };
  }

  /** The windows that hold anything now. */
  *windows(nowMs: number): Generator<WindowView> {
    for (const entry of this.#entries.values()) {
      const own = expire(entry, nowMs);
      const shared = entry.shared && entry.shared.untilMs > nowMs ? entry.shared : null;
      const used = Math.max(own, shared?.used ?? 0);
      if (used === 0) continue;
      const { label, limit, windowMs, refused } = entry;
      const untilMs = shared?.untilMs ?? (entry.times[entry.head] ?? nowMs) + windowMs;
      yield { label, limit, windowMs, refused, used, resetMs: untilMs - nowMs, allowed: used < limit };
    }
  }

  #entryOf(id: string, label: string, limit: number, windowMs: number, nowMs: number): Entry {
    const known = this.#entries.get(id);
    if (known) {
      this.#entries.delete(id);
      this.#entries.set(id, Object.assign(known, { label, limit, windowMs }));
      return known;
    }
    if (this.#full(id, nowMs) && !id.startsWith('shared:'))
      return this.#entryOf(shardOf(id), 'others', limit, windowMs, nowMs);
    const entry: Entry = { label, limit, windowMs, times: [], head: 0, refused: 0, shared: null };
    this.#entries.set(id, entry);
    return entry;
  }

  #full(id: string, nowMs: number): boolean {
    if (this.#entries.has(id)) return false;
    this.#forgetIdle(nowMs);
    return this.#entries.size >= this.#capacity;
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
