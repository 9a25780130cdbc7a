import type { Database } from '../../db/database.ts';
import { type Moment, Pulse } from '../../db/pulse.ts';
import { isExpired, type KeyRow } from './rules.ts';

/** What migration 0080 notifies. */
const KEY_CHANGES = 'api_keys_changed';
const HASH = /^[0-9a-f]{64}$/;

/** About half a kilobyte each. Only keys that exist get here, so strangers cannot push anybody out. */
export const REMEMBERED_KEYS = 10_000;
/** Without a look for this long nobody needs the proof, and an idle service says nothing. */
const IDLE_MS = 10_000;

export interface KeyMemoryDeps {
  readonly clock: { now(): Date; monotonic(): number };
  /** Sets this process apart from the others on the channel. */
  readonly name: string;
}

type Look = (hash: Buffer) => Promise<KeyRow | undefined>;

/**
 * Remembers what the database said about a key, by the SHA-256 of the key. It answers from memory only while it is proven that
 * every change of up to half a second ago has been heard; otherwise, and for whatever it does not know, it looks.
 */
export class KeyMemory {
  /** In the order of their last use. */
  readonly #rows = new Map<string, KeyRow>();
  readonly #clock: KeyMemoryDeps['clock'];
  readonly #pulse: Pulse;
  /** Counts changes: what was read before a change is not remembered after it. */
  #changes = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #send: ((payload: string) => Promise<void>) | null = null;

  constructor({ clock, name }: KeyMemoryDeps) {
    this.#clock = clock;
    const moment = (): Moment => ({ monotonic: clock.monotonic(), wall: clock.now().getTime() });
    this.#pulse = new Pulse(name, moment);
  }

  /** Until it is attached, everything is looked up. */
  async attach(db: Pick<Database, 'listen' | 'notify' | 'onWrite'>): Promise<void> {
    // What this process changed binds before the answer of the change is sent.
    db.onWrite('api_keys', () => this.#forgetAll());
    await db.listen(KEY_CHANGES, (payload) => this.#hear(payload));
    // What was read before nobody heard changes of.
    this.#forgetAll();
    this.#send = (payload) => db.notify(KEY_CHANGES, payload);
  }

  /** To be called several times in 500 ms. Does not wait: a connection that hangs must hold nobody up. */
  beat(): void {
    if (this.#send === null || this.#clock.monotonic() - this.#askedAt > IDLE_MS) return;
    // A ping that was not sent proves nothing, which is all that follows from it.
    this.#pulse.beat(this.#send).catch(() => undefined);
  }

  /** The key with this hash, unless it has expired. @param look asks the database for an active key */
  async find(hash: Buffer, look: Look): Promise<KeyRow | undefined> {
    this.#askedAt = this.#clock.monotonic();
    const name = hash.toString('hex');
    const known = this.#pulse.isAlive() ? this.#rows.get(name) : undefined;
    if (known) {
      this.#rows.delete(name);
      if (isExpired(known, this.#clock.now())) return undefined;
      this.#rows.set(name, known);
      return known;
    }
    const before = this.#changes;
    const row = await look(hash);
    if (row && before === this.#changes) this.#remember(name, row);
    return row;
  }

  #remember(name: string, row: KeyRow): void {
    this.#rows.delete(name);
    this.#rows.set(name, row);
    if (this.#rows.size <= REMEMBERED_KEYS) return;
    const [oldest] = this.#rows.keys();
    if (oldest !== undefined) this.#rows.delete(oldest);
  }

  #hear(payload: string): void {
    if (this.#pulse.hear(payload)) return;
    if (HASH.test(payload)) {
      this.#changes += 1;
      this.#rows.delete(payload);
      return;
    }
    // Empty after a gap or a truncation; anything else is not understood, so it may be about any key.
    this.#pulse.lose();
    this.#forgetAll();
  }

  #forgetAll(): void {
    this.#changes += 1;
    this.#rows.clear();
  }
}
