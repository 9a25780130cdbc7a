import type { CallInput } from '../../../shared/http/table.ts';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import type { Bridge } from '../../bridge/bridge.ts';
import { BridgeError } from '../../bridge/error.ts';
import { LIVE_CAPACITY, type LiveStore } from '../../stores/live.ts';
import { type NumberedEntry, positionOf } from '../../stores/numbered.ts';
import type { LedgerFilter } from '../../stores/ui.ts';
import { matches, queryOf } from './filter.ts';
import { beforeEntry } from './gaps.ts';

export const PAGE_SIZE = 200;

/** Rows of history that a screen keeps; who wants to go further back narrows the time range. */
export const HISTORY_CAPACITY = 20_000;

export type Older = 'idle' | 'loading' | 'end' | 'capped' | 'failed';

export interface LedgerSnapshot {
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly error: BridgeError | null;
  readonly failingSince: number | null;
  /** Rows in sight, by position from the newest. */
  readonly count: number;
  readonly rowAt: (index: number) => LedgerEntry | undefined;
  /** Entries that arrived while the list stood still. */
  readonly unseen: number;
  readonly older: Older;
  /** First number that the live tail answers for; below it the list has what the ledger itself has. */
  readonly tailFrom: number;
  readonly revision: number;
}

interface ViewOptions {
  readonly call: Bridge['call'];
  readonly live: LiveStore;
  readonly filter: LedgerFilter;
  readonly now: () => number;
}

/**
 * One list out of three sources, newest first: entries that wait for their number, the live tail, and pages of history.
 * Every number appears once; while the reader looks elsewhere (`setFollowing(false)`) nothing moves under the eye.
 */
export class LedgerView {
  readonly #options: ViewOptions;
  readonly #listeners = new Set<() => void>();
  #pending: LedgerEntry[] = [];
  /** Ascending; changes in place. */
  #tail: NumberedEntry[] = [];
  /** Tail entries in sight; the rest is unseen. */
  #shown = 0;
  #history: LedgerEntry[] = [];
  #following = true;
  /** First number that the tail is to hold: the first page ends below it. */
  #base = 0;
  /** First number that the tail has not looked at. */
  #next: number | null = null;
  /** Beginning of the stream for which the first page was read again. */
  #joinedAt: number | null = null;
  #generation = -1;
  #cursor: string | null = null;
  /** The history no longer joins the tail: it begins anew below the tail's oldest entry. */
  #detached = false;
  #phase: LedgerSnapshot['phase'] = 'loading';
  #older: Older = 'idle';
  #error: BridgeError | null = null;
  #failingSince: number | null = null;
  #stopped = false;
  #reading = false;
  #snapshot: LedgerSnapshot;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#snapshot = this.#draw(0);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): LedgerSnapshot => this.#snapshot;

  readonly start = (): (() => void) => {
    this.#stopped = false;
    const unsubscribe = this.#options.live.subscribe(() => this.#sync());
    void this.reload();
    return () => {
      this.#stopped = true;
      unsubscribe();
    };
  };

  /** Reads the first page anew and lets the tail begin where it ends. */
  readonly reload = async (): Promise<void> => {
    if (this.#reading) return;
    this.#reading = true;
    try {
      const page = await this.#read({});
      const numbers = page.entries.flatMap((entry) => (entry.number === null ? [] : [entry.number + 1]));
      this.#pending = page.entries.filter((entry) => entry.number === null);
      this.#history = page.entries.filter((entry) => entry.number !== null);
      this.#tail = [];
      this.#shown = 0;
      this.#base = Math.max(page.head.size, ...numbers);
      this.#next = this.#base;
      this.#detached = false;
      this.#generation = this.#options.live.getState().generation;
      this.#settle('ready', null);
      this.#continueAt(page.nextCursor);
    } catch (cause) {
      this.#settle(this.#phase === 'ready' ? 'ready' : 'failed', asError(cause));
    } finally {
      this.#reading = false;
    }
    this.#sync();
    this.#publish();
  };

  /** Reads the next page of history, once at a time. */
  readonly loadOlder = async (): Promise<void> => {
    if (
      this.#phase !== 'ready' ||
      this.#older === 'loading' ||
      this.#older === 'end' ||
      this.#older === 'capped'
    )
      return;
    this.#older = 'loading';
    this.#publish();
    try {
      const oldest = this.#detached ? this.#tail[0] : undefined;
      const page = await this.#read(oldest ? { to: beforeEntry(oldest) } : cursorOf(this.#cursor));
      const known = new Set(this.#history.map((entry) => entry.id));
      const below = oldest?.number ?? Number.POSITIVE_INFINITY;
      for (const entry of page.entries)
        if (entry.number !== null && entry.number < below && !known.has(entry.id)) this.#history.push(entry);
      this.#detached = false;
      this.#error = null;
      this.#continueAt(page.nextCursor);
    } catch (cause) {
      this.#older = 'failed';
      this.#error = asError(cause);
    }
    this.#publish();
  };

  /** Whether new entries come into sight by themselves. */
  readonly setFollowing = (following: boolean): void => {
    if (this.#following === following) return;
    this.#following = following;
    if (following) this.#shown = this.#tail.length;
    this.#publish();
  };

  #read(more: Partial<NonNullable<CallInput<'ledger.list'>['query']>>) {
    const query = { ...queryOf(this.#options.filter), limit: PAGE_SIZE, ...more };
    return this.#options.call('ledger.list', { query }).then((result) => result.body);
  }

  #continueAt(cursor: string | null): void {
    this.#cursor = cursor;
    if (cursor === null) this.#older = 'end';
    else this.#older = this.#history.length >= HISTORY_CAPACITY ? 'capped' : 'idle';
  }

  #settle(phase: LedgerSnapshot['phase'], error: BridgeError | null): void {
    this.#phase = phase;
    this.#error = error;
    this.#failingSince = error ? (this.#failingSince ?? this.#options.now()) : null;
  }

  /** Takes what the live window has and this list has not. */
  #sync(): void {
    const { entries, floor, generation } = this.#options.live.getState();
    if (this.#stopped || this.#next === null || this.#phase !== 'ready' || floor === null) return;
    if (floor > this.#next) {
      // The stream began after our page ended: what lies between is in neither, so the page is read again, once.
      if (this.#joinedAt !== floor) {
        this.#joinedAt = floor;
        void this.reload();
        return;
      }
      this.#next = floor;
    }
    if (generation !== this.#generation) this.#rebuild(floor);
    this.#generation = generation;
    const before = this.#next;
    for (let i = positionOf(entries, this.#next); i < entries.length; i += 1) this.#take(entries[i]);
    if (this.#next === before) return;
    if (this.#following) this.#shown = this.#tail.length;
    this.#bound();
    this.#publish();
  }

  #take(entry: NumberedEntry | undefined): void {
    if (!entry) return;
    this.#next = entry.number + 1;
    if (this.#pending.length > 0) this.#pending = this.#pending.filter((waiting) => waiting.id !== entry.id);
    if (matches(this.#options.filter, entry)) this.#tail.push(entry);
  }

  /** Entries were put into the middle of the live window: what it covers is taken again. */
  #rebuild(floor: number): void {
    const wasShown = this.#shown === this.#tail.length;
    this.#tail = this.#tail.filter((entry) => entry.number < floor);
    const { entries } = this.#options.live.getState();
    for (let i = positionOf(entries, Math.max(floor, this.#base)); i < entries.length; i += 1)
      this.#take(entries[i]);
    this.#shown = wasShown ? this.#tail.length : Math.min(this.#shown, this.#tail.length);
    this.#publish();
  }

  #bound(): void {
    if (this.#tail.length <= LIVE_CAPACITY * 1.1) return;
    const dropped = this.#tail.length - LIVE_CAPACITY;
    this.#tail.splice(0, dropped);
    this.#shown = Math.max(0, this.#shown - dropped);
    this.#history = [];
    this.#detached = true;
    this.#older = 'idle';
  }

  #draw(revision: number): LedgerSnapshot {
    const [pending, tail, history, shown] = [this.#pending, this.#tail, this.#history, this.#shown];
    return {
      phase: this.#phase,
      error: this.#error,
      failingSince: this.#failingSince,
      count: pending.length + shown + history.length,
      rowAt: (index) => {
        if (index < pending.length) return pending[index];
        const inTail = index - pending.length;
        return inTail < shown ? tail[shown - 1 - inTail] : history[inTail - shown];
      },
      unseen: tail.length - shown,
      older: this.#older,
      tailFrom: this.#base,
      revision,
    };
  }

  #publish(): void {
    this.#snapshot = this.#draw(this.#snapshot.revision + 1);
    for (const listener of this.#listeners) listener();
  }
}

const cursorOf = (cursor: string | null): { cursor?: string } => (cursor === null ? {} : { cursor });

const asError = (cause: unknown): BridgeError =>
  cause instanceof BridgeError
    ? cause
    : new BridgeError('internal', 'The screen failed while it read the ledger.', { cause });
