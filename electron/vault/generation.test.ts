import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeGeneration, nextGeneration } from './generation.ts';

describe('judgeGeneration', () => {
  it('accepts generation N at counter N and N-1 only', () => {
    expect(judgeGeneration(7, 7)).toBe('current');
    expect(judgeGeneration(7, 6)).toBe('current');
  });

  it('calls anything older rolled back, and a counter too far behind by its own name', () => {
    expect(judgeGeneration(7, 8)).toBe('rolled-back');
    expect(judgeGeneration(1, 2)).toBe('rolled-back');
    expect(judgeGeneration(7, 5)).toBe('counter-behind');
    expect(judgeGeneration(7, null)).toBe('unknown');
  });

  it('leaves no earlier generation valid after an older vault was adopted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 1e6 }),
        (generation, counter) => {
          const next = nextGeneration(generation, counter);
          expect(judgeGeneration(generation, next)).toBe('rolled-back');
          expect(judgeGeneration(counter, next)).toBe('rolled-back');
        },
      ),
    );
  });
});
