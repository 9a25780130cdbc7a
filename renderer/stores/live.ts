import { createStore } from 'zustand/vanilla';
import type { LedgerEntry, LedgerHead } from '../../shared/ledger/entry.ts';
import { type Gap, isNumbered, type NumberedEntry, positionOf, without } from './numbered.ts';

/** Entries kept of the live tail: ten minutes of a busy service, about 30 MB. Older ones are read from the ledger. */
export const LIVE_CAPACITY = 20_000;

export interface LiveState {
  /** Ascending by number. The array changes in place: `revision` says that it did. */
  readonly entries: readonly NumberedEntry[];
  readonly revision: number;
  /** Increases when entries were added anywhere but at the end, so that readers start over. */
  readonly generation: number;
  readonly gaps: readonly Gap[];
  readonly head: LedgerHead | null;
  /** Number that the next entry of the stream has. */
  readonly next: number | null;
  /** From this number on the window knows every entry that is not in a gap. */
  readonly floor: number | null;
  readonly stream: { readonly state: 'connecting' | 'live' | 'waiting'; readonly retryAt: number | null };
  /** When the last entry arrived here. */
  readonly lastEventAt: number | null;
}

const EMPTY: LiveState = {
  entries: [],
  revision: 0,
  generation: 0,
  gaps: [],
  head: null,
  next: null,
  floor: null,
  stream: { state: 'connecting', retryAt: null },
  lastEventAt: null,
};

/** The stream skipped these numbers. */
function skipped(s: LiveState, gap: Gap): Partial<LiveState> {
  const from = Math.max(gap.from, s.next ?? gap.from);
  if (gap.to < from) return {};
  return { gaps: [...s.gaps, { from, to: gap.to }], next: gap.to + 1, floor: s.floor ?? from };
}

/** A new beginning of the stream at `next`: what lies between is a gap; a shorter log than ours is another log. */
function begun(s: LiveState, head: LedgerHead, next: number): Partial<LiveState> {
  if (s.next === null || head.size < s.next)
    return { head, next, floor: next, gaps: [], revision: s.revision + 1, generation: s.generation + 1 };
  const gaps = next > s.next ? [...s.gaps, { from: s.next, to: next - 1 }] : s.gaps;
  return { head, gaps, next: Math.max(next, s.next) };
}

export function createLiveStore(capacity = LIVE_CAPACITY) {
  const entries: NumberedEntry[] = [];
  const store = createStore<LiveState>(() => ({ ...EMPTY, entries }));

  /** What remains of the gaps and where the window begins, after the oldest entries made room. */
  const trim = (gaps: readonly Gap[], floor: number | null): Pick<LiveState, 'gaps' | 'floor'> => {
    // A tenth of slack, so that a full window is not moved for every batch.
    if (entries.length <= capacity * 1.1) return { gaps, floor };
    entries.splice(0, entries.length - capacity);
    const oldest = entries[0]?.number ?? 0;
    return { gaps: gaps.filter((gap) => gap.to >= oldest), floor: oldest };
  };

  /** Entries in the order of the stream: what is older than the newest known number is a repetition. */
  const append = (batch: readonly LedgerEntry[], now: number): void => {
    let { next, gaps } = store.getState();
    const before = entries.length;
    for (const entry of batch) {
      if (!isNumbered(entry) || (next !== null && entry.number < next)) continue;
      if (next !== null && entry.number > next) gaps = [...gaps, { from: next, to: entry.number - 1 }];
      entries.push(entry);
      next = entry.number + 1;
    }
    if (entries.length === before) return;
    store.setState((s) => ({
      ...trim(gaps, s.floor ?? entries[0]?.number ?? null),
      next,
      revision: s.revision + 1,
      lastEventAt: now,
    }));
  };

  const skip = (gap: Gap): void => store.setState((s) => skipped(s, gap));

  const bootstrap = (head: LedgerHead, next: number): void => {
    if (head.size < (store.getState().next ?? 0)) entries.length = 0;
    store.setState((s) => begun(s, head, next));
  };

  /** Entries read from the ledger to close a gap. */
  const fill = (found: readonly LedgerEntry[]): void => {
    const { gaps } = store.getState();
    const fresh = found.filter(
      (e): e is NumberedEntry =>
        isNumbered(e) && gaps.some((gap) => e.number >= gap.from && e.number <= gap.to),
    );
    for (const entry of fresh) {
      const at = positionOf(entries, entry.number);
      if (entries[at]?.number !== entry.number) entries.splice(at, 0, entry);
    }
    const left = without(gaps, new Set(fresh.map((entry) => entry.number)));
    store.setState((s) => ({ gaps: left, revision: s.revision + 1, generation: s.generation + 1 }));
  };

  /** Says that a gap stays open: its entries are no longer worth reading for the live tail. */
  const forget = (gap: Gap): void =>
    store.setState((s) => ({ gaps: s.gaps.filter((g) => g.to < gap.from || g.from > gap.to) }));

  const setStream = (state: LiveState['stream']): void => store.setState({ stream: state });

  return { ...store, append, skip, bootstrap, fill, forget, setStream };
}

export type LiveStore = ReturnType<typeof createLiveStore>;

/** Hears each time when the stream is live after it was not. */
export const onLive = (live: LiveStore, listener: () => void): (() => void) =>
  live.subscribe(({ stream }, before) => {
    if (stream.state === 'live' && before.stream.state !== 'live') listener();
  });

/** Number of the last entry known, for resuming; `null` before the first look. */
export const lastKnown = (live: LiveStore): number | null => {
  const { next } = live.getState();
  return next === null ? null : next - 1;
};
