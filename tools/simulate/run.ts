import { SimulateError } from './errors.ts';
import type { Step } from './plan.ts';
import type { Player } from './player.ts';
import type { Tally } from './tally.ts';

export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Resolves at `atMs` of the same clock, or earlier when the signal aborts. */
  until(atMs: number, signal: AbortSignal): Promise<void>;
}

export interface RunOptions {
  readonly steps: Iterable<Step>;
  readonly player: Player;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly seconds: number | null;
  readonly signal: AbortSignal;
}

/** A service that keeps so many requests open is stuck: further ones would only measure our own memory. */
const MAX_IN_FLIGHT = 256;

/** A restart takes seconds; silence beyond this is an end. */
const GIVE_UP_AFTER_MS = 30_000;

/**
 * Plays steps when they are due until the time is over or the signal aborts, and waits for the answers that are out.
 * @throws SimulateError `unreachable` when nothing was answered for 30 s
 */
export async function run({ steps, player, tally, clock, seconds, signal }: RunOptions): Promise<void> {
  const start = clock.now();
  const endMs = seconds === null ? Number.POSITIVE_INFINITY : seconds * 1000;
  const inFlight = new Set<Promise<void>>();
  let answered = 0;
  let lastAnswerMs = start;
  const launch = (step: Step): void => {
    const done = player.perform(step.action).finally(() => {
      inFlight.delete(done);
      if (tally.sent - tally.unanswered === answered) return;
      answered = tally.sent - tally.unanswered;
      lastAnswerMs = clock.now();
    });
    inFlight.add(done);
  };
  for (const step of steps) {
    await clock.until(start + Math.min(step.atMs, endMs), signal);
    if (signal.aborted || step.atMs > endMs) break;
    if (clock.now() - lastAnswerMs > GIVE_UP_AFTER_MS)
      throw new SimulateError(
        'unreachable',
        'The service has not answered for 30 seconds; is it still running?',
      );
    if (inFlight.size < MAX_IN_FLIGHT) launch(step);
    else tally.heldBack += 1;
  }
  await Promise.all(inFlight);
}
