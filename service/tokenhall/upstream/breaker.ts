import { UpstreamError } from './upstream-error.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Failures in a row that open it, and how long it stays open: doubled each time that the trial fails too. */
const FAILURES = 5;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 120_000;

export interface BreakerView {
  readonly state: BreakerState;
  readonly since: number;
  /** When it opened first; trials that failed since then do not change it. Null while it is closed. */
  readonly openedAt: number | null;
  readonly retryAt: number | null;
  readonly consecutiveFailures: number;
}

/** It opened, or stayed open after a trial; or it closed again. */
export type BreakerChange =
  | { readonly to: 'open'; readonly failures: number; readonly waitMs: number; readonly openedAt: number }
  | { readonly to: 'closed'; readonly openedAt: number };

/** One call that the breaker let through. Exactly one of `succeeded`, `failed` and `released` is told. */
export interface Pass {
  /** The provider has begun to answer: a trial needs no more to let others in. */
  answered(): void;
  succeeded(): void;
  failed(): void;
  /** It ended for a reason that says nothing about the provider. */
  released(): void;
}

/**
 * Closed: everybody passes. After failures in a row it is open: nobody passes, and nothing waits for a dead provider. When its
 * time is over it is half-open: one trial passes, and decides.
 */
export class CircuitBreaker {
  readonly #now: () => number;
  readonly #tell: (change: BreakerChange) => void;
  #state: BreakerState = 'closed';
  #since: number;
  #openedAt: number | null = null;
  #failures = 0;
  #waitMs = FIRST_WAIT_MS;
  #trial: Pass | null = null;

  /** @param now milliseconds */
  constructor(now: () => number, tell: (change: BreakerChange) => void = () => undefined) {
    this.#now = now;
    this.#tell = tell;
    this.#since = now();
  }

  view(): BreakerView {
    this.#settleTime();
    return {
      state: this.#state,
      since: this.#since,
      openedAt: this.#openedAt,
      retryAt: this.#state === 'open' ? this.#since + this.#waitMs : null,
      consecutiveFailures: this.#failures,
    };
  }

  /** Asks without going through: so that nothing is held for a call that will not be made. @throws UpstreamError `breaker-open` */
  check(): void {
    this.#settleTime();
    if (this.#state === 'open' || (this.#state === 'half-open' && this.#trial)) throw this.#refusal();
  }

  /** @throws UpstreamError `breaker-open` */
  enter(): Pass {
    this.check();
    const pass = this.#newPass();
    if (this.#state === 'half-open') this.#trial = pass;
    return pass;
  }

  #refusal(): UpstreamError {
    const left = Math.max(0, this.#since + this.#waitMs - this.#now());
    return new UpstreamError('breaker-open', 'the provider has failed again and again; try later', {
      retryAfterSeconds: Math.max(1, Math.ceil(left / 1000)),
    });
  }

  #settleTime(): void {
    if (this.#state === 'open' && this.#now() >= this.#since + this.#waitMs) this.#become('half-open');
  }

  #become(state: BreakerState): void {
    this.#state = state;
    this.#since = this.#now();
    this.#trial = null;
    if (state === 'open') {
      this.#openedAt ??= this.#since;
      const [failures, waitMs, openedAt] = [this.#failures, this.#waitMs, this.#openedAt];
      this.#tell({ to: 'open', failures, waitMs, openedAt });
    } else if (state === 'closed' && this.#openedAt !== null) {
      const openedAt = this.#openedAt;
      this.#openedAt = null;
      this.#tell({ to: 'closed', openedAt });
    }
  }

  #newPass(): Pass {
    let over = false;
    const once = (work: () => void) => () => {
      if (over) return;
      over = true;
      if (this.#trial === pass) this.#trial = null;
      work();
    };
    const pass: Pass = {
      answered: () => {
        if (this.#trial === pass) this.#become('closed');
      },
      succeeded: once(() => this.#succeeded()),
      failed: once(() => this.#failed()),
      released: once(() => undefined),
    };
    return pass;
  }

  #succeeded(): void {
    // What was begun before it opened says nothing about now.
    if (this.#state === 'open') return;
    this.#failures = 0;
    this.#waitMs = FIRST_WAIT_MS;
    if (this.#state === 'half-open') this.#become('closed');
  }

  #failed(): void {
    this.#failures += 1;
    if (this.#state === 'half-open') {
      this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
      this.#become('open');
    } else if (this.#state === 'closed' && this.#failures >= FAILURES) this.#become('open');
  }
}
