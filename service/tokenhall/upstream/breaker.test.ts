import { describe, expect, it } from 'vitest';
import { type BreakerChange, CircuitBreaker } from './breaker.ts';
import { retryAfter } from './retry.ts';
import { UpstreamError } from './upstream-error.ts';

function opened() {
  let now = 0;
  const breaker = new CircuitBreaker(() => now);
  const fail = () => breaker.enter().failed();
  for (let n = 0; n < 5; n += 1) fail();
  return { breaker, fail, wait: (ms: number) => (now += ms) };
}

describe('the circuit breaker', () => {
  it('opens after five failures in a row, and not after four', () => {
    const breaker = new CircuitBreaker(() => 0);
    for (let n = 0; n < 4; n += 1) breaker.enter().failed();
    breaker.enter().succeeded();
    for (let n = 0; n < 4; n += 1) breaker.enter().failed();
    expect(breaker.view().state).toBe('closed');
    breaker.enter().failed();
    expect(breaker.view()).toMatchObject({ state: 'open', retryAt: 5_000 });
    expect(() => breaker.enter()).toThrow(
      expect.objectContaining({ code: 'breaker-open', retryAfterSeconds: 5 }),
    );
  });

  it('lets one trial through when its time is over, and nobody beside it', () => {
    const { breaker, wait } = opened();
    wait(5_000);
    const trial = breaker.enter();
    expect(() => breaker.enter()).toThrow(UpstreamError);
    trial.succeeded();
    expect(breaker.view()).toMatchObject({ state: 'closed', consecutiveFailures: 0 });
    breaker.enter().released();
  });

  it('tells when it opens, every trial that failed, and when it closes; and since when it was open', () => {
    const told: BreakerChange[] = [];
    let now = 1_000;
    const breaker = new CircuitBreaker(
      () => now,
      (change) => told.push(change),
    );
    for (let n = 0; n < 5; n += 1) breaker.enter().failed();
    now += 5_000;
    breaker.enter().failed();
    expect(breaker.view()).toMatchObject({ state: 'open', since: 6_000, openedAt: 1_000 });
    now += 10_000;
    breaker.enter().answered();
    expect(breaker.view().openedAt).toBeNull();
    expect(told).toEqual([
      { to: 'open', failures: 5, waitMs: 5_000, openedAt: 1_000 },
      { to: 'open', failures: 6, waitMs: 10_000, openedAt: 1_000 },
      { to: 'closed', openedAt: 1_000 },
    ]);
  });

  it('waits twice as long after every trial that fails, up to two minutes', () => {
    const { breaker, fail, wait } = opened();
    const waits = [5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000].map((ms) => {
      wait(ms - 1);
      const early = breaker.view().state;
      wait(1);
      fail();
      return early;
    });
    expect(new Set(waits)).toEqual(new Set(['open']));
  });

  it('is closed by a trial that has begun to answer, and lets another try when a trial says nothing', () => {
    const { breaker, wait } = opened();
    wait(5_000);
    breaker.enter().released();
    breaker.enter().answered();
    expect(breaker.view().state).toBe('closed');
    // Its failures are not forgotten: one more opens it again.
    breaker.enter().failed();
    expect(breaker.view().state).toBe('open');
  });

  it('counts a call once, and ignores those of before it opened', () => {
    const breaker = new CircuitBreaker(() => 0);
    const old = breaker.enter();
    const twice = breaker.enter();
    twice.failed();
    twice.failed();
    expect(breaker.view().consecutiveFailures).toBe(1);
    for (let n = 0; n < 4; n += 1) breaker.enter().failed();
    old.succeeded();
    expect(breaker.view().state).toBe('open');
  });
});

describe('a retry', () => {
  const error = (
    code: 'unreachable' | 'busy' | 'timeout' | 'reset' | 'failed' | 'refused',
    retryAfterSeconds?: number,
  ) => new UpstreamError(code, 'x', retryAfterSeconds === undefined ? {} : { retryAfterSeconds });

  it('is made only for what the provider has certainly not begun', () => {
    expect(retryAfter(error('unreachable'), 1, 0.5)).toBe(100);
    expect(retryAfter(error('busy'), 2, 0.5)).toBe(200);
    for (const code of ['timeout', 'reset', 'failed', 'refused'] as const)
      expect(retryAfter(error(code), 1, 0.5), code).toBeNull();
  });

  it('is made twice at most, and waits as long as it is asked to, within reason', () => {
    expect(retryAfter(error('busy'), 3, 0.5)).toBeNull();
    expect(retryAfter(error('busy', 2), 1, 0.5)).toBe(2_000);
    expect(retryAfter(error('busy', 60), 1, 0.5)).toBeNull();
  });
});
