import { describe, expect, it } from 'vitest';
import { afterFailure, afterSuccess, type Breaker, enter, newBreaker } from './rules.ts';

const at = (seconds: number) => new Date(Date.UTC(2030, 0, 1) + seconds * 1000);
const failed = (times: number): Breaker => {
  let breaker = newBreaker(at(0));
  for (let n = 0; n < times; n += 1) breaker = afterFailure(breaker, at(0));
  return breaker;
};

describe('a breaker', () => {
  it('opens at the fifth failure in a row, and lets nobody pass until its time is over', () => {
    expect(failed(4).state).toBe('closed');
    expect(failed(5)).toMatchObject({ state: 'open', retryAt: at(5) });
    expect(enter(failed(5), at(4))).toBeNull();
  });

  it('forgets failures at a success', () => {
    expect(afterSuccess(failed(4), at(1))).toMatchObject({ state: 'closed', failures: 0 });
  });

  it('lets one trial pass, and nobody beside it; a trial that was lost makes room for another', () => {
    const trial = enter(failed(5), at(5)) as Breaker;
    expect(trial.state).toBe('half-open');
    expect(enter(trial, at(6))).toBeNull();
    expect(enter(trial, at(125))?.state).toBe('half-open');
    expect(afterSuccess(trial, at(6))).toMatchObject({ state: 'closed', failures: 0, retryAt: null });
  });

  it('waits twice as long after each trial that fails, five minutes at most', () => {
    let breaker = failed(5);
    const waits = Array.from({ length: 8 }, () => {
      const now = breaker.retryAt ?? at(0);
      breaker = afterFailure(enter(breaker, now) as Breaker, now);
      return breaker.waitSeconds;
    });
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });
});
