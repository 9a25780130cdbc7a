import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Range, Ranges, without } from './ranges.ts';

const rangesOf = (positions: Iterable<number>): readonly Range[] => {
  const ranges = new Ranges();
  for (const position of [...positions].sort((a, b) => a - b)) ranges.add(position);
  return ranges.all;
};
const inOrder = (ranges: readonly Range[]) =>
  ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));

describe('ranges of positions', () => {
  it('are as few as there are holes', () => {
    expect(rangesOf([1, 2, 3, 5, 8, 9])).toEqual([
      { from: 1, to: 3 },
      { from: 5, to: 5 },
      { from: 8, to: 9 },
    ]);
    expect(rangesOf([])).toEqual([]);
  });

  it('less others are exactly the positions that these lack', () => {
    const positions = fc.uniqueArray(fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(positions, positions, (some, others) => {
        const left = inOrder(without(rangesOf(some), rangesOf(others)));
        expect(left).toEqual(some.filter((one) => !others.includes(one)).sort((a, b) => a - b));
      }),
    );
  });
});
