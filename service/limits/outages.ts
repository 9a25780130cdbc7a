import type { Actor } from '../../shared/ledger/entry.ts';
import { type Database, type Tx, transact } from '../db/database.ts';
import type { Staging } from '../ledger/staging.ts';
import type { OutageReason } from './redis/link.ts';
import { endOutage, insertOutage } from './store.ts';

export interface Outage {
  readonly id: string;
  readonly since: Date;
  readonly reason: OutageReason;
  until: Date | null;
}

/** Outages that wait to be written while the database is away too; beyond it the last one is told as going on. */
const KEPT = 100;

export interface OutagesDeps {
  now(): Date;
  makeId(): string;
}

const LIMITER: Actor = { type: 'system', id: 'limiter', name: null };
const BY = { actor: LIMITER, agent: null, requestId: null };

/** Raises one alert for each outage of the limiter's Redis, and tells its end (SPEC 5, 16). */
export class Outages {
  readonly #deps: OutagesDeps;
  /** Not told whole yet, oldest first. Only the last one may still be going on. */
  #open: readonly Outage[] = [];

  constructor(deps: OutagesDeps) {
    this.#deps = deps;
  }

  begin(reason: OutageReason): void {
    const last = this.#open.at(-1);
    if (last && this.#open.length >= KEPT) {
      last.until = null;
      return;
    }
    const outage = { id: this.#deps.makeId(), since: this.#deps.now(), reason, until: null };
    this.#open = [...this.#open, outage];
  }

  end(): void {
    const last = this.#open.at(-1);
    if (!last) return;
    // A clock that was set back must not end it before it began.
    last.until = new Date(Math.max(this.#deps.now().getTime(), last.since.getTime()));
  }

  /** Writes what there is to tell. What cannot be written stays for the next time. */
  async flush(db: Pick<Database, 'kysely'>, staging: Staging): Promise<void> {
    for (const outage of this.#open) {
      const { until } = outage;
      await transact(db, (tx) => tell(tx, staging, outage, until));
      if (until && outage.until === until) this.#open = this.#open.filter((other) => other !== outage);
    }
  }
}

async function tell(tx: Tx, staging: Staging, outage: Outage, until: Date | null): Promise<void> {
  const { id: outageId, reason } = outage;
  const since = outage.since.toISOString();
  if (await insertOutage(tx, outage))
    await staging.stage(tx, { ...BY, kind: 'limit.degraded', data: { outageId, since, reason } });
  if (until && (await endOutage(tx, outageId, until)))
    await staging.stage(tx, {
      ...BY,
      kind: 'limit.restored',
      data: { outageId, since, until: until.toISOString() },
    });
}
