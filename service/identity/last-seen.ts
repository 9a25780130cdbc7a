import type { Database } from '../db/database.ts';
import type { Principal } from '../gate/context.ts';
import { type SeenTable, writeLastSeen } from './store.ts';

/** Subjects that wait for the next flush; more than this in a few seconds is a flood, and the rest waits for its next use. */
const WAITING_LIMIT = 10_000;

/** When sessions, keys and operators were used last, written in batches: a request never pays for a write. */
export class LastSeen {
  readonly #waiting: Readonly<Record<SeenTable, Map<string, Date>>> = {
    account_sessions: new Map(),
    agent_keys: new Map(),
    api_keys: new Map(),
    operators: new Map(),
  };
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  note(principal: Principal): void {
    if (principal.type === 'account') this.#note('account_sessions', principal.sessionId);
    if (principal.type === 'agent') this.#note('agent_keys', principal.keyId);
    if (principal.type === 'key') this.#note('api_keys', principal.id);
    if (principal.type === 'operator') this.#note('operators', principal.id);
  }

  #note(table: SeenTable, id: string): void {
    const waiting = this.#waiting[table];
    if (waiting.size < WAITING_LIMIT || waiting.has(id)) waiting.set(id, this.#now());
  }

  /** Writes what has been noted. What cannot be written is kept for the next flush. */
  async flush(db: Pick<Database, 'kysely'>): Promise<void> {
    for (const table of Object.keys(this.#waiting) as SeenTable[]) await this.#write(db, table);
  }

  async #write(db: Pick<Database, 'kysely'>, table: SeenTable): Promise<void> {
    const batch = new Map(this.#waiting[table]);
    if (batch.size === 0) return;
    await writeLastSeen(db, table, batch);
    for (const [id, at] of batch) if (this.#waiting[table].get(id) === at) this.#waiting[table].delete(id);
  }
}
