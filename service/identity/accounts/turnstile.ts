import { HttpError } from '../../gate/http-error.ts';

export interface TurnstileSize {
  readonly running: number;
  readonly waiting: number;
}

/** Lets so many pieces of work run at once and so many wait. */
export type Turnstile = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Work that a stranger can order and that costs much (64 MiB and a thread for each password) must have an end: what finds the
 * queue full is refused and told to come back, so that a flood of logins stops logins and nothing else.
 */
export function createTurnstile({ running, waiting }: TurnstileSize): Turnstile {
  let inside = 0;
  const queue: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (inside < running) {
      inside += 1;
      return;
    }
    if (queue.length >= waiting)
      throw new HttpError('unavailable', 'too many logins at this moment; try again', {
        retryAfterSeconds: 1,
      });
    // Whoever leaves hands its place over, so nobody can slip in between.
    await new Promise<void>((resolve) => queue.push(resolve));
  };
  const leave = (): void => {
    const next = queue.shift();
    if (next) next();
    else inside -= 1;
  };
  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
