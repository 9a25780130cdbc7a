import type { FoundToken } from './rules.ts';

interface Waiting {
  readonly hash: Buffer;
  resolve(token: FoundToken | null): void;
  reject(error: unknown): void;
}

/** Questions in one statement, and statements at a time: an answer waits for one round trip, or for the end of the one before. */
const TOGETHER = 128;
const AT_ONCE = 2;

/** Looks tokens up. Scans that arrive while the database is busy are asked for together, so that a rush costs few statements. */
export class Lookup {
  readonly #find: (hashes: readonly Buffer[]) => Promise<Map<string, FoundToken>>;
  #waiting: Waiting[] = [];
  #running = 0;

  constructor(find: (hashes: readonly Buffer[]) => Promise<Map<string, FoundToken>>) {
    this.#find = find;
  }

  /** @returns null when no token has this code */
  find(hash: Buffer): Promise<FoundToken | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ hash, resolve, reject });
      // After the requests that this turn of the loop still reads.
      if (this.#waiting.length === 1) setImmediate(() => this.#next());
    });
  }

  #next(): void {
    while (this.#running < AT_ONCE && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, TOGETHER);
      this.#running += 1;
      void this.#ask(batch).finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }

  async #ask(batch: readonly Waiting[]): Promise<void> {
    try {
      const found = await this.#find(batch.map(({ hash }) => hash));
      for (const { hash, resolve } of batch) resolve(found.get(hash.toString('hex')) ?? null);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
