import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, median, quantile, rankSumZ } from './statistics.ts';

describe('quantile', () => {
  it('interpolates between order statistics, whatever the order of the samples', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(
      quantile(
        Array.from({ length: 101 }, (_, n) => n),
        0.99,
      ),
    ).toBe(99);
    expect([quantile([7], 0), quantile([7], 1)]).toEqual([7, 7]);
  });

  it('lies between the least and the greatest sample and grows with q', () => {
    const samples = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        expect(quantile(list, q)).toBeGreaterThanOrEqual(Math.min(...list) - 1e-6);
        expect(quantile(list, q)).toBeLessThanOrEqual(Math.max(...list) + 1e-6);
        expect(quantile(list, q)).toBeLessThanOrEqual(quantile(list, 1) + 1e-6);
      }),
    );
  });

  it('refuses an empty list, which has no middle', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('compare', () => {
  it('takes the median of the ratios, not the ratio of the medians', () => {
    // The second pair met a slow moment of the machine: both sides took ten times as long.
    const pairs = [
      { ours: 20, reference: 10 },
      { ours: 300, reference: 100 },
      { ours: 22, reference: 11 },
    ];
    expect(compare(pairs)).toEqual({ ours: 22, reference: 11, ratio: 2, spread: [2, 3], pairs: 3 });
  });
});

describe('rankSumZ', () => {
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

  it('is zero for the same samples, and far from it for apart ones', () => {
    expect(rankSumZ(upTo(20), upTo(20))).toBe(0);
    const later = upTo(20).map((x) => x + 20);
    expect(rankSumZ(later, upTo(20))).toBeCloseTo(5.41, 2);
    expect(rankSumZ(upTo(20), later)).toBeCloseTo(-5.41, 2);
  });

  it('needs samples', () => {
    expect(() => rankSumZ([], [1])).toThrow(RangeError);
  });
});
