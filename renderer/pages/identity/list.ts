import { BridgeError } from '../../bridge/error.ts';
import { isOlder } from './entry.ts';

interface Row {
  readonly id: string;
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly nextCursor: string | null;
}

export interface ListSnapshot<T> {
  /** Undefined until the first page has come. */
  readonly rows: readonly T[] | undefined;
  readonly next: string | null;
  /** When the first page was read last, in milliseconds since the epoch. */
  readonly at: number | null;
  readonly error: BridgeError | null;
  readonly failingSince: number | null;
  readonly more: 'idle' | 'loading' | 'failed';
}

interface ListDeps<T> {
  readonly load: (cursor: string | null) => Promise<Page<T>>;
  readonly now: () => number;
}

const asBridgeError = (cause: unknown): BridgeError =>
  cause instanceof BridgeError
    ? cause
    : new BridgeError('internal', 'The screen failed while it read this.', { cause });

/**
 * A list that is read page by page, newest first, and kept fresh at its top. A fresh first page replaces what it covers; rows
 * below it stay until everything is read anew.
 */
export class DirectoryList<T extends Row> {
  readonly #deps: ListDeps<T>;
  readonly #listeners = new Set<() => void>();
  /** Reads that have been asked for and have not ended. */
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();
  #pages = 1;
  #snapshot: ListSnapshot<T> = {
    rows: undefined,
    next: null,
    at: null,
    error: null,
    failingSince: null,
    more: 'idle',
  };

  constructor(deps: ListDeps<T>) {
    this.#deps = deps;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): ListSnapshot<T> => this.#snapshot;

  /** Reads the first page, and puts it over what it covers. Nothing while something is being read already. */
  readonly refresh = async (): Promise<void> => {
    if (this.#waiting > 0) return;
    await this.#inTurn(async () => {
      const first = await this.#deps.load(null);
      const { rows = [], next } = this.#snapshot;
      const last = first.rows.at(-1);
      const below = last && first.nextCursor !== null ? rows.filter((row) => isOlder(row.id, last.id)) : [];
      // More new rows than a page holds: what is below is not what follows, so it is read again when somebody gets there.
      const joins = last !== undefined && rows.some((row) => !isOlder(row.id, last.id));
      const kept = joins ? below : [];
      this.#pages = kept.length > 0 ? this.#pages : 1;
      return this.#read([...first.rows, ...kept], kept.length > 0 ? next : first.nextCursor);
    });
  };

  /** Reads every page again that has been read: after an act that may have changed any row. */
  readonly reload = (): Promise<void> =>
    this.#inTurn(async () => {
      const rows: T[] = [];
      let next: string | null = null;
      for (let page = 0; page < this.#pages; page += 1) {
        const { rows: more, nextCursor }: Page<T> = await this.#deps.load(next);
        rows.push(...more);
        next = nextCursor;
        if (next === null) break;
      }
      return this.#read(rows, next);
    });

  /** Reads what follows the last row, unless that is being read or there is nothing. */
  readonly loadMore = async (): Promise<void> => {
    if (this.#snapshot.next === null || this.#snapshot.more === 'loading') return;
    this.#set({ more: 'loading' });
    await this.#inTurn(async () => {
      const { rows = [], next } = this.#snapshot;
      if (next === null) return { more: 'idle' };
      const page = await this.#deps.load(next).catch(() => null);
      if (!page) return { more: 'failed' };
      this.#pages += 1;
      return { rows: [...rows, ...page.rows], next: page.nextCursor, more: 'idle' };
    });
  };

  #read(rows: readonly T[], next: string | null): Partial<ListSnapshot<T>> {
    return { rows, next, at: this.#deps.now(), error: null, failingSince: null };
  }

  /** One after the other: each reads what the one before has left. */
  #inTurn(work: () => Promise<Partial<ListSnapshot<T>>>): Promise<void> {
    this.#waiting += 1;
    this.#turn = this.#turn.then(async () => {
      const change = await work().catch((cause: unknown) => ({
        error: asBridgeError(cause),
        failingSince: this.#snapshot.failingSince ?? this.#deps.now(),
      }));
      this.#waiting -= 1;
      this.#set(change);
    });
    return this.#turn;
  }

  #set(change: Partial<ListSnapshot<T>>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
