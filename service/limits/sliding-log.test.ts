import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingLog } from './sliding-log.ts';

const WINDOW = 10_000;

describe('SlidingLog', () => {
  it('agrees with the definition for any sequence of requests', () => {
    const steps = fc.array(fc.record({ wait: fc.nat(6_000), who: fc.constantFrom('a', 'b') }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), (sequence, limit) => {
        const log = new SlidingLog(10);
        const passed: { who: string; at: number }[] = [];
        let now = 0;
        for (const { wait, who } of sequence) {
          now += wait;
          const inWindow = passed.filter((p) => p.who === who && p.at > now - WINDOW).length;
          const took = log.take(who, who, limit, WINDOW, now);
          expect(took.allowed).toBe(inWindow < limit);
          if (took.allowed) passed.push({ who, at: now });
        }
      }),
    );
  });

  it('lets no burst pass across the boundary of a fixed window', () => {
    const log = new SlidingLog(10);
    const allowed = [9_900, 9_950, 9_999, 10_001, 10_050].filter(
      (at) => log.take('a', 'a', 3, WINDOW, at).allowed,
    );
    expect(allowed).toEqual([9_900, 9_950, 9_999]);
  });

  it('tells a refused client when exactly the next request passes', () => {
    const log = new SlidingLog(10);
    log.take('a', 'a', 1, WINDOW, 1_000);
    const refused = log.take('a', 'a', 1, WINDOW, 4_000);
    expect(refused).toMatchObject({ allowed: false, resetMs: 7_000 });
    expect(log.take('a', 'a', 1, WINDOW, 4_000 + refused.resetMs - 1).allowed).toBe(false);
    expect(log.take('a', 'a', 1, WINDOW, 4_000 + refused.resetMs).allowed).toBe(true);
  });

  it('waits for enough room when a limit was lowered below what is used', () => {
    const log = new SlidingLog(10);
    for (const at of [0, 1_000, 2_000]) log.take('a', 'a', 5, WINDOW, at);
    const refused = log.take('a', 'a', 1, WINDOW, 3_000);
    expect(refused).toMatchObject({ allowed: false, resetMs: 9_000 });
    expect(log.take('a', 'a', 1, WINDOW, 12_000).allowed).toBe(true);
  });
});
