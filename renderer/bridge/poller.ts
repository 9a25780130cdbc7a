import { BridgeError } from './error.ts';
import { keptWhereSame } from './kept.ts';

export interface Remote<T> {
  /** The last good value; it stays while later attempts fail. */
  readonly data: T | undefined;
  /** When `data` was read, in milliseconds since the epoch. */
  readonly at: number | null;
  /** Why the last attempt failed; `null` after a good one. */
  readonly error: BridgeError | null;
  /** Since when attempts have been failing. */
  readonly failingSince: number | null;
  readonly busy: boolean;
}

export interface Visibility {
  readonly hidden: boolean;
  addEventListener(type: 'visibilitychange', listener: () => void): void;
  removeEventListener(type: 'visibilitychange', listener: () => void): void;
}

/** Calls the listener each time when the service serves after it did not; answers with the function that ends it. */
export type Returned = (listener: () => void) => () => void;

interface PollerOptions<T> {
  readonly load: () => Promise<T>;
  /** Milliseconds between the end of one attempt and the next; `null` reads once. */
  readonly everyMs: number | null;
  readonly visibility: Visibility;
  readonly returned?: Returned | undefined;
  readonly now: () => number;
  /** A value read earlier by another reader of the same thing, shown at once. */
  readonly remembered?: Pick<Remote<T>, 'data' | 'at'> | undefined;
  readonly onData?: (data: T, at: number) => void;
}

const asBridgeError = (cause: unknown): BridgeError =>
  cause instanceof BridgeError
    ? cause
    : new BridgeError('internal', 'The screen failed while it read this.', { cause });

/** Keeps one remote value fresh: never two attempts at once, none while the page is hidden. */
export class Poller<T> {
  readonly #options: PollerOptions<T>;
  readonly #listeners = new Set<() => void>();
  #snapshot: Remote<T>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #started = false;

  constructor(options: PollerOptions<T>) {
    this.#options = options;
    const { remembered } = options;
    this.#snapshot = {
      data: remembered?.data,
      at: remembered?.at ?? null,
      error: null,
      failingSince: null,
      busy: false,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): Remote<T> => this.#snapshot;

  /** Reads at once and then on and on; answers with the function that stops. */
  readonly start = (): (() => void) => {
    this.#started = true;
    this.#options.visibility.addEventListener('visibilitychange', this.#wake);
    // What failed because nobody served need not wait for its next turn.
    const forget = this.#options.returned?.(() => {
      if (this.#snapshot.error) this.retry();
    });
    void this.#attempt();
    return () => {
      this.#started = false;
      forget?.();
      clearTimeout(this.#timer);
      this.#options.visibility.removeEventListener('visibilitychange', this.#wake);
    };
  };

  readonly retry = (): void => {
    clearTimeout(this.#timer);
    void this.#attempt();
  };

  readonly #wake = (): void => {
    if (!this.#options.visibility.hidden && this.#options.everyMs !== null) this.retry();
  };

  async #attempt(): Promise<void> {
    const { load, now, onData } = this.#options;
    if (this.#snapshot.busy) return;
    this.#set({ busy: true });
    try {
      const data = keptWhereSame(this.#snapshot.data, await load());
      const at = now();
      onData?.(data, at);
      this.#set({ data, at, error: null, failingSince: null, busy: false });
    } catch (cause) {
      const failingSince = this.#snapshot.failingSince ?? now();
      this.#set({ error: asBridgeError(cause), failingSince, busy: false });
    }
    this.#schedule();
  }

  #schedule(): void {
    const { everyMs, visibility } = this.#options;
    clearTimeout(this.#timer);
    if (!this.#started || everyMs === null || visibility.hidden) return;
    this.#timer = setTimeout(() => void this.#attempt(), everyMs);
  }

  #set(change: Partial<Remote<T>>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
