export interface Moment {
  /** Of the clock that never goes back, in milliseconds. */
  readonly monotonic: number;
  /** Of the wall: the other one may stand still while a machine sleeps. */
  readonly wall: number;
}

/** With a beat every 100 ms four in a row may be lost. Half of the second in which a change must bind (SPEC 1). */
export const ALIVE_MS = 500;

const PING = 'ping:';

/**
 * Proves that a channel of notifications is heard now. PostgreSQL delivers notifications in the order of their commits, so
 * whoever has heard its own ping has heard everything that was committed before the ping was *sent*. A channel that is down, that
 * hangs or that lags is not alive.
 */
export class Pulse {
  readonly #name: string;
  readonly #now: () => Moment;
  #count = 0;
  #sent: { readonly payload: string; readonly at: Moment } | null = null;
  #waits = false;
  #proven: Moment | null = null;

  /** @param name unlike that of any other process on the channel */
  constructor(name: string, now: () => Moment) {
    this.#name = name;
    this.#now = now;
  }

  /** Sends the next ping unless the last one is still on its way. */
  async beat(send: (payload: string) => Promise<void>): Promise<void> {
    if (this.#waits) return;
    this.#waits = true;
    this.#count += 1;
    const payload = `${PING}${this.#name}:${this.#count}`;
    this.#sent = { payload, at: this.#now() };
    try {
      await send(payload);
    } finally {
      this.#waits = false;
    }
  }

  /** @returns whether this was a ping, of whichever process */
  hear(payload: string): boolean {
    if (this.#sent?.payload === payload) this.#proven = this.#sent.at;
    return payload.startsWith(PING);
  }

  /** Nothing is proven of a connection that took the place of another. */
  lose(): void {
    this.#proven = null;
    this.#sent = null;
  }

  isAlive(): boolean {
    if (this.#proven === null) return false;
    const now = this.#now();
    const [age, wallAge] = [now.monotonic - this.#proven.monotonic, now.wall - this.#proven.wall];
    return age < ALIVE_MS && wallAge >= 0 && wallAge < ALIVE_MS;
  }
}
