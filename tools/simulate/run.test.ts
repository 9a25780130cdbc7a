import { describe, expect, it } from 'vitest';
import { SimulateError } from './errors.ts';
import type { Action, Step } from './plan.ts';
import { type Clock, run } from './run.ts';
import { count, newTally, statusLine, summaryOf } from './tally.ts';

const action: Action = { type: 'health', path: '/healthz', from: '127.4.0.7' };

function* every(ms: number): Generator<Step> {
  for (let n = 0; ; n += 1) yield { atMs: n * ms, action };
}

/** Time that passes only when somebody waits for it. */
function virtualClock(): Clock {
  let nowMs = 1_000;
  return {
    now: () => nowMs,
    until: async (atMs) => {
      nowMs = Math.max(nowMs, atMs);
    },
  };
}

const never = new AbortController().signal;

describe('run', () => {
  it('plays every step up to its end, when it is due', async () => {
    const [clock, tally, times] = [virtualClock(), newTally(), [] as number[]];
    const perform = async () => {
      times.push(clock.now() - 1_000);
      count(tally, 200);
    };
    await run({ steps: every(400), player: { perform }, tally, clock, seconds: 2, signal: never });
    expect(times).toEqual([0, 400, 800, 1200, 1600, 2000]);
    expect(clock.now()).toBe(3_000);
  });

  it('stops at once when it is told to, and waits for the answers that are out', async () => {
    const [clock, tally, stop] = [virtualClock(), newTally(), new AbortController()];
    let answer = (): void => undefined;
    const perform = () => {
      stop.abort();
      return new Promise<void>((resolve) => {
        answer = resolve;
      });
    };
    const ended = run({
      steps: every(100),
      player: { perform },
      tally,
      clock,
      seconds: null,
      signal: stop.signal,
    });
    let over = false;
    void ended.then(() => {
      over = true;
    });
    await Promise.resolve();
    expect(over).toBe(false);
    answer();
    await ended;
  });

  it('gives up after 30 s without any answer', async () => {
    const [clock, tally] = [virtualClock(), newTally()];
    const perform = async () => count(tally, null);
    const ended = run({ steps: every(500), player: { perform }, tally, clock, seconds: null, signal: never });
    await expect(ended).rejects.toSatisfy(
      (error) => error instanceof SimulateError && error.code === 'unreachable',
    );
    expect(clock.now()).toBeLessThan(32_000);
  });

  it('sends no more than a service can be expected to hold', async () => {
    const [clock, tally, stop] = [virtualClock(), newTally(), new AbortController()];
    const answers: (() => void)[] = [];
    const perform = () => new Promise<void>((resolve) => void answers.push(resolve));
    function* many(): Generator<Step> {
      for (let n = 0; n < 300; n += 1) yield { atMs: 0, action };
      stop.abort();
      yield { atMs: 0, action };
    }
    const ended = run({
      steps: many(),
      player: { perform },
      tally,
      clock,
      seconds: null,
      signal: stop.signal,
    });
    while (!stop.signal.aborted) await Promise.resolve();
    for (const answer of answers) answer();
    await ended;
    expect([answers.length, tally.heldBack]).toEqual([256, 44]);
  });
});

describe('the report', () => {
  it('counts by status, for people and for programs', () => {
    const tally = newTally();
    for (const status of [429, 200, 200, null]) count(tally, status);
    tally.keysCreated = 3;
    tally.played.transfers = 2;
    tally.skipped.set('scans', 'no --resolver to scan at');
    expect(statusLine(tally, 65_000)).toBe(
      '01:05  4 sent (0.1/s)  200: 2  429: 1  keys +3 -0  accounts +0  transfers: 2  unanswered: 1',
    );
    const run = { api: 'http://127.0.0.1:1', seed: 's', rate: 2 };
    expect(summaryOf(tally, run, 65_040)).toEqual({
      ...run,
      seconds: 65,
      sent: 4,
      byStatus: { 200: 2, 429: 1 },
      unanswered: 1,
      heldBack: 0,
      keysCreated: 3,
      keysRevoked: 0,
      accounts: 0,
      played: { ...newTally().played, transfers: 2 },
      skipped: { scans: 'no --resolver to scan at' },
    });
  });
});
