import type { UpstreamError } from './upstream-error.ts';

export const MOST_ATTEMPTS = 3;
/** A caller waits for no provider that wants longer. */
const LONGEST_WAIT_MS = 2_000;
const FIRST_WAIT_MS = 100;

/**
 * Whether the same request may be sent again: only when the provider has certainly not begun to work on it, because it was never
 * reached or says that it takes nothing now. A generation that has begun is paid for, whatever became of its answer.
 * @param attempt how many were made
 * @param random between 0 and 1: spreads those who failed together
 * @returns milliseconds to wait, or null
 */
export function retryAfter(error: UpstreamError, attempt: number, random: number): number | null {
  if (attempt >= MOST_ATTEMPTS || (error.code !== 'unreachable' && error.code !== 'busy')) return null;
  const asked = error.retryAfterSeconds;
  if (asked !== undefined) return asked * 1000 <= LONGEST_WAIT_MS ? asked * 1000 : null;
  return FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + random);
}
