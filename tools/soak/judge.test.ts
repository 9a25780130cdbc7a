import { describe, expect, it } from 'vitest';
import { judge, type Sample } from './judge.ts';

const MB = 1024 * 1024;

/** A noisy but flat run of a hundred samples, with something planted. */
const run = (plant: (n: number) => Partial<Sample> = () => ({}), count = 100): Sample[] =>
  Array.from({ length: count }, (_, n) => ({
    atMs: n * 1000,
    memory: 300 * MB + ((n * 7919) % 13) * MB,
    handles: 200 + ((n * 31) % 17),
    latencies: [4, 5 + (n % 3), 6],
    ...plant(n),
  }));

const notFlat = (samples: readonly Sample[]) =>
  judge(samples).flatMap(({ what, flat }) => (flat ? [] : [what]));

describe('the judge of a soak', () => {
  it('finds noise flat, and growth while caches fill', () => {
    expect(notFlat(run())).toEqual([]);
    expect(notFlat(run((n) => (n < 30 ? { memory: n * 10 * MB, handles: n } : {})))).toEqual([]);
  });

  it.each([
    ['memory', (n: number) => ({ memory: (300 + n) * MB })],
    ['handles', (n: number) => ({ handles: 200 + ((n * 31) % 17) + n })],
    ['latency', (n: number) => ({ latencies: [4 + (n * n) / 20] })],
  ] as const)('finds %s that grows', (what, plant) => {
    expect(notFlat(run(plant))).toEqual([what]);
  });

  it('takes silence for no answer, and says nothing about a run that was too short', () => {
    expect(notFlat(run((n) => (n > 60 ? { latencies: [] } : {})))).toEqual(['latency']);
    expect(() => judge(run(undefined, 20))).toThrow('too few samples');
  });
});
