import type { Database } from '../db/database.ts';
import type { Principal } from '../gate/context.ts';
import { type SeenTable, writeLastSeen } from './store.ts';

/** Subjects that wait for the next flush; more than this in a few seconds is a flood, and the rest waits for its next use. */
const WAITING_LIMIT = 10_000;

/** When keys and operators were used last, written in batches: a request never pays for a write. */
export class LastSeen {
  readonly #waiting: Readonly<Record<SeenTable, Map<string, Date>>> = {
    api_keys: new Map(),
    operators: new Map(),
  };
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  note(principal: Principal): void {
    if (principal.type === 'key') this.#note('api_keys', principal.id);
    if (principal.type === 'operator') this.#note('operators', principal.id);
  }

  #note(table: SeenTable, id: string): void {
    const waiting = this.#waiting[table];
    if (waiting.size < WAITING_LIMIT || waiting.has(id)) waiting.set(id, this.#now());
  }

  /** Writes what has been noted. What cannot be written is kept for the next flush. */
  async flush(db: Pick<Database, 'kysely'>): Promise<void> {
    await this.#write(db, 'api_keys');
    await this.#write(db, 'operators');
  }

  async #write(db: Pick<Database, 'kysely'>, table: SeenTable): Promise<void> {
    const batch = new Map(this.#waiting[table]);
    if (batch.size === 0) return;
    await writeLastSeen(db, table, batch);
    for (const [id, at] of batch) if (this.#waiting[table].get(id) === at) this.#waiting[table].delete(id);
  }
}
