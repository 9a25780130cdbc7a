/** Failures in a row that open a breaker, and how long it stays open: doubled each time that the trial fails too. */
const FAILURES = 5;
const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 300;
/** A trial that says nothing for so long was lost with whoever made it. */
const TRIAL_SECONDS = 120;

export interface Breaker {
  readonly state: 'closed' | 'open' | 'half-open';
  readonly failures: number;
  readonly since: Date;
  readonly retryAt: Date | null;
  readonly waitSeconds: number;
}

export const newBreaker = (now: Date): Breaker => ({
  ...{ state: 'closed', failures: 0, since: now, retryAt: null, waitSeconds: FIRST_WAIT_SECONDS },
});

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

/**
 * Asks to pass. Closed: everybody. Open: nobody, until its time is over; then one trial, and nobody beside it.
 * @returns what the breaker becomes, or null: the caller may not pass
 */
export function enter(breaker: Breaker, now: Date): Breaker | null {
  if (breaker.state === 'closed') return breaker;
  if (breaker.retryAt !== null && breaker.retryAt > now) return null;
  return { ...breaker, state: 'half-open', since: now, retryAt: later(now, TRIAL_SECONDS) };
}

export const afterSuccess = (breaker: Breaker, now: Date): Breaker =>
  breaker.state === 'closed' && breaker.failures === 0 ? breaker : newBreaker(now);

export function afterFailure(breaker: Breaker, now: Date): Breaker {
  const failures = breaker.failures + 1;
  if (breaker.state === 'open') return { ...breaker, failures };
  if (breaker.state === 'closed' && failures < FAILURES) return { ...breaker, failures };
  const waitSeconds =
    breaker.state === 'half-open'
      ? Math.min(LONGEST_WAIT_SECONDS, breaker.waitSeconds * 2)
      : breaker.waitSeconds;
  return { state: 'open', failures, since: now, retryAt: later(now, waitSeconds), waitSeconds };
}
