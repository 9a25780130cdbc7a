import { type LimitScope, limitScope } from '../../shared/http/limits.ts';
import type { Actor } from '../../shared/ledger/entry.ts';
import { type Database, transact } from '../db/database.ts';
import type { Staging } from '../ledger/staging.ts';
import { Sources } from './sources.ts';
import { addSignal, takeSignalsBefore } from './store.ts';

export type Refusal =
  | { readonly kind: 'auth'; readonly reason: string; readonly plane: 'public' | 'admin' }
  | {
      readonly kind: 'limit';
      readonly reason: LimitScope;
      readonly plane: 'public' | 'admin';
    };

interface Aggregate {
  readonly minute: Date;
  readonly refusal: Refusal;
  readonly seen: Set<string>;
  /** Since the last flush. */
  count: number;
  subjects: number;
}

const MINUTE_MS = 60_000;

/** Distinct subjects that are told apart within a minute; beyond it they are counted as requests only. */
const SUBJECTS_LIMIT = 4_096;

/** How long a closed minute waits for the last flush of every instance. */
const GRACE_MS = 2_000;

const minuteOf = (now: Date): Date => new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS);

/**
 * Counts refusals by minute and reason. Reasons come from our own tables, so however strangers call, there is a handful of
 * counters, a handful of rows and a handful of ledger entries a minute (SPEC 10).
 */
export class Refusals {
  readonly #open = new Map<string, Aggregate>();
  readonly #sources = new Sources();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** @param subject who was refused; only told apart, never stored, unless it is a source: an address by keyed hash */
  note(refusal: Refusal, subject: string, source?: string): void {
    const minute = minuteOf(this.#now());
    if (source !== undefined) this.#sources.note(minute, source);
    const id = `${minute.getTime()} ${refusal.kind} ${refusal.reason} ${refusal.plane}`;
    let aggregate = this.#open.get(id);
    if (!aggregate) {
      aggregate = { minute, refusal, seen: new Set(), count: 0, subjects: 0 };
      this.#open.set(id, aggregate);
    }
    aggregate.count += 1;
    if (aggregate.seen.has(subject) || aggregate.seen.size >= SUBJECTS_LIMIT) return;
    aggregate.seen.add(subject);
    aggregate.subjects += 1;
  }

  /** Adds what was counted since the last flush to the signal table. What cannot be written stays for the next one. */
  async flush(db: Pick<Database, 'kysely'>): Promise<void> {
    await this.#sources.flush(db);
    const current = minuteOf(this.#now()).getTime();
    for (const [id, aggregate] of this.#open) {
      const { count, subjects, minute, refusal } = aggregate;
      if (count > 0) {
        await addSignal(db, { minute, ...refusal, count, subjects });
        aggregate.count -= count;
        aggregate.subjects -= subjects;
      }
      if (minute.getTime() < current && aggregate.count === 0) this.#open.delete(id);
    }
  }
}

const STRANGERS: Actor = { type: 'stranger', id: 'strangers', name: null };

/**
 * Moves closed minutes from the signal table into the ledger, each row in the transaction that stages its entry: exactly
 * once, whoever crashes when.
 * @returns how many entries were staged
 */
export function enterClosedMinutes(
  db: Pick<Database, 'kysely'>,
  staging: Staging,
  now: Date,
): Promise<number> {
  const closedBefore = minuteOf(new Date(now.getTime() - GRACE_MS));
  return transact(db, async (tx) => {
    const rows = await takeSignalsBefore(tx, closedBefore);
    for (const { kind, reason, plane, ...row } of rows) {
      const counts = {
        minute: row.minute.toISOString(),
        count: Number(row.count),
        subjects: Number(row.subjects),
      };
      const by = { actor: STRANGERS, agent: null, requestId: null };
      await (kind === 'auth'
        ? staging.stage(tx, { ...by, kind: 'auth.refusals', data: { ...counts, reason, plane } })
        : staging.stage(tx, {
            ...by,
            kind: 'limit.refusals',
            data: { ...counts, scope: limitScope.parse(reason) },
          }));
    }
    return rows.length;
  });
}
