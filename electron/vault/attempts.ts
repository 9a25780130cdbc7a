import { z } from 'zod';
import { VaultError } from './errors.ts';
import type { VaultFiles } from './files.ts';

const ATTEMPTS_FILE = 'attempts.json';

/** Mistyping twice costs nothing; then the wait doubles, up to a quarter of an hour. */
const FREE_FAILURES = 3;
const LONGEST_WAIT_SECONDS = 900;

const attempts = z.strictObject({
  failures: z.number().int().min(0).max(1_000_000),
  lastAt: z.iso.datetime().nullable(),
});
type State = z.infer<typeof attempts>;

export interface Clock {
  now(): Date;
}

/** Seconds that must pass after this many failures in a row. */
export const waitAfter = (failures: number): number =>
  failures < FREE_FAILURES ? 0 : Math.min(2 ** (failures - FREE_FAILURES), LONGEST_WAIT_SECONDS);

/**
 * Counts attempts in a file, so that a restart does not forget them. It slows a person at this keyboard down; whoever can copy
 * the vault file is held by Argon2id alone. An attempt is written down before it is looked at: a kill does not undo it.
 */
export class Attempts {
  readonly #files: VaultFiles;
  readonly #clock: Clock;
  #state: State | null = null;
  /** False when the count cannot be kept on disk, which is then said. */
  persistent = true;

  constructor(files: VaultFiles, clock: Clock) {
    this.#files = files;
    this.#clock = clock;
  }

  /** Seconds to wait from now; 0 when an attempt may be made. */
  async waitSeconds(): Promise<number> {
    const { failures, lastAt } = await this.#load();
    const wait = waitAfter(failures);
    if (wait === 0 || lastAt === null) return 0;
    const passed = (this.#clock.now().getTime() - Date.parse(lastAt)) / 1000;
    // A clock that was set back makes nobody wait longer than the whole wait, and nobody shorter.
    return passed < 0 ? wait : Math.max(0, Math.ceil(wait - passed));
  }

  /** @throws VaultError `too-many-attempts` */
  async begin(): Promise<void> {
    const wait = await this.waitSeconds();
    if (wait > 0)
      throw new VaultError('too-many-attempts', 'Too many wrong attempts. Wait, then try again.', {
        waitSeconds: wait,
      });
    const { failures } = await this.#load();
    await this.#store({ failures: failures + 1, lastAt: this.#clock.now().toISOString() });
  }

  async succeeded(): Promise<void> {
    await this.#store({ failures: 0, lastAt: null });
  }

  async #load(): Promise<State> {
    if (this.#state) return this.#state;
    const bytes = await this.#files.read(ATTEMPTS_FILE).catch(() => null);
    const state = attempts.safeParse(parseJson(bytes));
    this.#state = state.success ? state.data : { failures: 0, lastAt: null };
    return this.#state;
  }

  async #store(state: State): Promise<void> {
    this.#state = state;
    try {
      await this.#files.writeSide(ATTEMPTS_FILE, Buffer.from(`${JSON.stringify(state)}\n`));
      this.persistent = true;
    } catch {
      // A read-only disk must not lock the owner out; the count in memory still slows guessing, and status says so.
      this.persistent = false;
    }
  }
}

function parseJson(bytes: Buffer | null): unknown {
  try {
    return bytes ? JSON.parse(bytes.toString('utf8')) : null;
  } catch {
    return null;
  }
}
