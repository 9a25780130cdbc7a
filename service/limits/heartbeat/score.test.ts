import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HealthFacts, healthOf, latencyFactor } from './score.ts';

const PERFECT: HealthFacts = {
  cadence: 1,
  heartbeats: 48,
  chain: 336,
  challenges: 12,
  latenciesMs: Array<number>(12).fill(500),
};

describe('the factor of a latency', () => {
  it.each([
    [0, 1],
    [500, 1],
    [500.1, 0.75],
    [1_500, 0.75],
    [1_501, 0.45],
    [5_000, 0.45],
    [5_001, 0.2],
    [10_000, 0.2],
    [10_001, 0],
  ])('of %d ms is %d', (ms, factor) => {
    expect(latencyFactor(ms)).toBe(factor);
  });
});

describe('the health score', () => {
  it.each<[string, Partial<HealthFacts>, number]>([
    ['everything', {}, 100],
    ['half the slots', { cadence: 0.5 }, 82.5],
    ['half the challenges', { latenciesMs: Array<number>(6).fill(500) }, 87.5],
    ['answers of 1.5 s', { latenciesMs: Array<number>(12).fill(1_500) }, 95],
    ['answers of 5 s', { latenciesMs: Array<number>(12).fill(5_000) }, 89],
    ['answers of 10 s', { latenciesMs: Array<number>(12).fill(10_000) }, 84],
    ['a chain of 1', { chain: 1 }, 80 + 20 / Math.log2(337)],
    ['a chain of 17', { chain: 17 }, 80 + (20 * Math.log2(18)) / Math.log2(337)],
    ['a chain of a year', { chain: 17_520 }, 100],
    ['half the heartbeats: confidence 0.7', { heartbeats: 24 }, 82],
    [
      'half the number of challenges: confidence 0.8',
      { challenges: 6, latenciesMs: Array<number>(6).fill(1) },
      88,
    ],
    ['no challenge yet: confidence 0.6', { challenges: 0, latenciesMs: [] }, 55 * (0.4 + 0.6 * 0.6)],
    ['no challenge passed', { latenciesMs: [] }, 55],
    [
      'the first heartbeat',
      { heartbeats: 1, chain: 1, challenges: 0, latenciesMs: [] },
      (35 + 20 / Math.log2(337)) * (0.4 + 0.6 * (0.6 / 48)),
    ],
    ['nothing', { cadence: 0, heartbeats: 0, chain: 0, challenges: 0, latenciesMs: [] }, 0],
  ])('with %s is what the formula says', (_, change, score) => {
    expect(healthOf({ ...PERFECT, ...change }).score).toBeCloseTo(score, 10);
  });

  const facts = fc
    .record({
      cadence: fc.double({ min: 0, max: 1, noNaN: true }),
      heartbeats: fc.nat(2_000),
      chain: fc.nat(2_000),
      latenciesMs: fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 40 }),
      failed: fc.nat(40),
    })
    .map(({ failed, ...known }) => ({ ...known, challenges: known.latenciesMs.length + failed }));

  it('lies between 0 and 100, and each part within its points', () => {
    fc.assert(
      fc.property(facts, (known) => {
        const { score, cadence, challenge, latency, chain, confidence } = healthOf(known);
        const within: [number, number][] = [
          ...([
            [score, 100],
            [cadence, 35],
            [challenge, 25],
            [latency, 20],
          ] as [number, number][]),
          ...([
            [chain, 20],
            [confidence, 1],
          ] as [number, number][]),
        ];
        for (const [value, most] of within) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(most + 1e-9);
        }
        expect(score).toBeCloseTo((cadence + challenge + latency + chain) * (0.4 + 0.6 * confidence), 9);
      }),
    );
  });

  it('never falls for a better cadence, one heartbeat more, a longer chain, or a quicker answer', () => {
    fc.assert(
      fc.property(facts, fc.nat(1_000), (known, more) => {
        const before = healthOf(known).score - 1e-9;
        const better: Partial<HealthFacts>[] = [
          { cadence: Math.min(1, known.cadence + more / 1_000) },
          { heartbeats: known.heartbeats + more },
          { chain: known.chain + more },
          { latenciesMs: known.latenciesMs.map((ms) => Math.max(0, ms - more)) },
        ];
        for (const change of better)
          expect(healthOf({ ...known, ...change }).score).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
