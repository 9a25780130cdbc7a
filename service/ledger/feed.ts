import type { LedgerEntry, LedgerHead } from '../../shared/ledger/entry.ts';
import type { Database } from '../db/database.ts';
import type { LedgerStore } from './store.ts';

/** Entries kept in memory for the streams that are up to date; whoever is further behind reads the database. */
const RECENT = 1024;
/** Most entries of one read, and so of one write to a stream. */
const BATCH = 256;
/** A notification that was lost costs at most this. */
const POLL_MS = 1000;

export interface Feed {
  /** @throws DatabaseError while the database is away */
  head(): Promise<LedgerHead>;
  /** Entries from this number on, in order; empty when there is none yet. */
  read(next: number): Promise<readonly LedgerEntry[]>;
  /** Resolves when there may be an entry with this number, after the time given, or when the signal aborts. */
  changed(next: number, withinMs: number, signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export interface FeedOptions {
  readonly db: Pick<Database, 'listen'>;
  readonly store: Pick<LedgerStore, 'head' | 'readFrom'>;
  readonly log: { warn(fields: object, message: string): void };
}

/**
 * The numbered entries as they come, for any number of streams: the database is read once for all that are up to date,
 * and memory does not grow with a stream that is slow.
 */
export async function openFeed({ db, store, log }: FeedOptions): Promise<Feed> {
  let size = (await store.head()).size;
  let recent: LedgerEntry[] = [];
  let refreshing: Promise<void> | undefined;
  let again = false;
  const waiters = new Set<() => void>();

  const readOn = async (): Promise<void> => {
    for (;;) {
      const entries = await store.readFrom(size, BATCH);
      if (entries.length === 0) return;
      size += entries.length;
      recent = [...recent, ...entries].slice(-RECENT);
      for (const wake of waiters) wake();
    }
  };

  const refresh = (): void => {
    again = refreshing !== undefined;
    refreshing ??= readOn()
      .catch((error: unknown) =>
        log.warn({ err: error }, 'new ledger entries could not be read; trying again'),
      )
      .finally(() => {
        refreshing = undefined;
        if (again) refresh();
      });
  };

  const unlisten = await db.listen('ledger_integrated', refresh);
  refresh();

  return {
    head: () => store.head(),
    read: async (next) => {
      const first = size - recent.length;
      if (next >= first && next <= size) return recent.slice(next - first, next - first + BATCH);
      return store.readFrom(next, BATCH);
    },
    changed: (next, withinMs, signal) => {
      if (next < size || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(limit);
          clearInterval(poll);
          waiters.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const limit = setTimeout(done, withinMs);
        const poll = setInterval(refresh, POLL_MS);
        waiters.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    },
    stop: async () => {
      await unlisten();
      await refreshing;
    },
  };
}
