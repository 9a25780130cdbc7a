import type pg from 'pg';

export type NotificationHandler = (payload: string) => void;

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1000;
/** A connection that does not answer for this long is given up: nobody would tell that its other end is gone. */
const SILENCE_MS = 5000;

/**
 * One connection for all notifications of a process. It comes back by itself; whoever listens is then called with an
 * empty payload, because notifications of the gap are lost: a notification means "look", never "this changed".
 */
export class Listener {
  readonly #connect: () => Promise<pg.Client>;
  readonly #handlers = new Map<string, Set<NotificationHandler>>();
  #session: pg.Client | undefined;
  #connecting: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(connect: () => Promise<pg.Client>) {
    this.#connect = connect;
  }

  /** @returns ends this subscription */
  async listen(channel: string, handler: NotificationHandler): Promise<() => Promise<void>> {
    const known = this.#handlers.get(channel);
    if (known) known.add(handler);
    else this.#handlers.set(channel, new Set([handler]));
    await this.#ensureAttached();
    if (!known) await this.#say('LISTEN', channel);
    return async () => {
      const left = this.#handlers.get(channel);
      left?.delete(handler);
      if (left?.size !== 0) return;
      this.#handlers.delete(channel);
      await this.#say('UNLISTEN', channel).catch(() => undefined);
    };
  }

  /**
   * Notifies over the connection that listens, so that hearing it proves that this very connection is heard. Waits for an answer,
   * and without one gives the connection up for a new one. Without a connection nothing is sent.
   */
  async notify(channel: string, payload: string): Promise<void> {
    const session = this.#session;
    if (!session) return;
    const silence = setTimeout(() => void session.end().catch(() => undefined), SILENCE_MS);
    try {
      await session.query('SELECT pg_notify($1, $2)', [channel, payload]);
    } finally {
      clearTimeout(silence);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#session?.end().catch(() => undefined);
  }

  async #say(verb: 'LISTEN' | 'UNLISTEN', channel: string): Promise<void> {
    await this.#session?.query(`${verb} ${this.#session.escapeIdentifier(channel)}`);
  }

  #tell(channel: string, payload: string): void {
    for (const handler of this.#handlers.get(channel) ?? []) handler(payload);
  }

  async #ensureAttached(): Promise<void> {
    // While it comes back by itself, the subscription takes effect with it.
    if (this.#session || this.#retry) return;
    this.#connecting ??= this.#attach().finally(() => {
      this.#connecting = undefined;
    });
    await this.#connecting;
  }

  async #attach(): Promise<void> {
    const client = await this.#connect();
    // What a connection hears before it is the session may follow on a gap that nobody has been told of yet.
    client.on('notification', ({ channel, payload }) => {
      if (this.#session === client) this.#tell(channel, payload ?? '');
    });
    client.once('end', () => {
      if (this.#session !== client) return;
      this.#session = undefined;
      if (!this.#closed) this.#comeBackAfter(FIRST_RETRY_MS);
    });
    for (const channel of this.#handlers.keys()) {
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    }
    this.#session = client;
    if (this.#closed) await client.end();
  }

  #comeBackAfter(delayMs: number): void {
    const again = async () => {
      try {
        await this.#attach();
        this.#retry = undefined;
        for (const channel of this.#handlers.keys()) this.#tell(channel, '');
      } catch {
        if (!this.#closed) this.#comeBackAfter(Math.min(delayMs * 2, LAST_RETRY_MS));
      }
    };
    this.#retry = setTimeout(() => void again(), delayMs);
  }
}
