import type { Actor } from '../../shared/ledger/entry.ts';
import { type Database, transact } from '../db/database.ts';
import type { Staging } from '../ledger/staging.ts';
import { addSources, deleteSourcesBefore, markTold, mostRefused } from './sources.store.ts';

const MINUTE_MS = 60_000;

/** Addresses that are told apart within a minute by one instance; beyond it they are counted in the aggregate only. */
const SOURCES_LIMIT = 4_096;
/** What "in five minutes" sums up, the minute that has closed included. */
const WINDOW_MS = 5 * MINUTE_MS;
/** Told from here on: half of what the alert rule asks for, so that its dry run can show what a lower threshold would. */
const TOLD_FROM = 50;
/** Sources of one entry. A flood from more of them is told by its size. */
const TOLD = 20;
/** How long a closed minute waits for the last flush of every instance. */
const GRACE_MS = 2_000;

const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

/**
 * Counts who is refused, by keyed hash and minute. Strangers choose their addresses, so the number of them is bounded, in memory
 * and in the table.
 */
export class Sources {
  readonly #open = new Map<number, Map<string, number>>();

  note(at: Date, source: string): void {
    const minute = minuteOf(at.getTime());
    const counts = this.#open.get(minute) ?? new Map<string, number>();
    this.#open.set(minute, counts);
    const count = counts.get(source);
    if (count !== undefined || counts.size < SOURCES_LIMIT) counts.set(source, (count ?? 0) + 1);
  }

  /** Adds what was counted since the last flush to the table. What cannot be written stays for the next one. */
  async flush(db: Pick<Database, 'kysely'>): Promise<void> {
    for (const [minute, counts] of [...this.#open]) {
      this.#open.delete(minute);
      try {
        await addSources(db.kysely, new Date(minute), counts);
      } catch (error) {
        const since = this.#open.get(minute) ?? new Map<string, number>();
        for (const [source, count] of counts) since.set(source, (since.get(source) ?? 0) + count);
        this.#open.set(minute, since);
        throw error;
      }
    }
  }
}

const STRANGERS: Actor = { type: 'stranger', id: 'strangers', name: null };

/** Tells the ledger who was refused again and again, once for each closed minute, whoever crashes when. */
export const tellSources = (db: Pick<Database, 'kysely'>, staging: Staging, now: Date): Promise<void> =>
  transact(db, async (tx) => {
    const closed = new Date(minuteOf(now.getTime() - GRACE_MS));
    for (const minute of await markTold(tx, closed)) {
      const from = new Date(minute.getTime() - WINDOW_MS + MINUTE_MS);
      const found = await mostRefused(tx, { from, until: minute, atLeast: TOLD_FROM });
      if (found.length === 0) continue;
      const sources = found.slice(0, TOLD);
      await staging.stage(tx, {
        kind: 'auth.sources',
        data: { minute: minute.toISOString(), sources, more: found.length - sources.length },
        ...{ actor: STRANGERS, agent: null, requestId: null },
      });
    }
    await deleteSourcesBefore(tx, new Date(closed.getTime() - 2 * WINDOW_MS));
  });
