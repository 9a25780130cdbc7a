import { DatabaseError } from '../../db/database-error.ts';

/** How long a caller waits for its settlement while the database is away. */
const PATIENCE_MS = 2_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

export interface PersistDeps {
  now(): Date;
  sleep(ms: number): Promise<void>;
  /** Hears when it was given up: nothing tries again, and the hold's expiry is what frees the money. */
  lost(error: unknown): void;
}

const isAway = (error: unknown): boolean => error instanceof DatabaseError && error.code === 'unavailable';

/** Everything that runs beyond its request, so that a stop can wait for it. */
export class Unfinished {
  readonly #running = new Set<Promise<unknown>>();
  stopping = false;

  track<T>(work: Promise<T>): Promise<T> {
    const over = work.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(over);
    void over.then(() => this.#running.delete(over));
    return work;
  }

  /** Resolves when nothing runs any more; what waits for a database that is away gives up. */
  async finish(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.#running);
  }
}

async function again(
  { now, sleep }: Pick<PersistDeps, 'now' | 'sleep'>,
  work: () => Promise<void>,
  until: number,
  stopping: () => boolean,
): Promise<void> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || stopping() || now().getTime() >= until) throw error;
      await sleep(wait);
    }
  }
}

/**
 * Does what must not be forgotten about money: now, and while the database is away again and again, for the caller a moment and
 * behind its back until the hold expires. The work is idempotent, because a commit whose answer was lost may have happened.
 * @throws DatabaseError when it is not done yet
 */
export async function persist(
  deps: PersistDeps,
  unfinished: Unfinished,
  work: () => Promise<void>,
  expiresAt: Date,
): Promise<void> {
  const soon = deps.now().getTime() + PATIENCE_MS;
  try {
    await again(deps, work, soon, () => unfinished.stopping);
  } catch (error) {
    if (isAway(error) && !unfinished.stopping)
      unfinished
        .track(again(deps, work, expiresAt.getTime(), () => unfinished.stopping))
        .catch((late: unknown) => deps.lost(late));
    else deps.lost(error);
    throw error;
  }
}
