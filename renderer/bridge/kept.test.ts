import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptWhereSame } from './kept.ts';

describe('what is read again', () => {
  it('is what was read before when both say the same', () => {
    const before = { keys: [{ id: 'a', limits: [1, 2] }, { id: 'b' }], nextCursor: null };
    expect(keptWhereSame(before, structuredClone(before))).toBe(before);
  });

  it('keeps the parts that did not change, and only those', () => {
    const before = { keys: [{ id: 'a', limits: [1] }, { id: 'b' }], more: { of: 'it' } };
    const now = { keys: [{ id: 'a', limits: [1] }, { id: 'c' }], more: { of: 'it', too: 1 } };
    const kept = keptWhereSame(before, now);
    expect(kept).toEqual(now);
    expect(kept.keys[0]).toBe(before.keys[0]);
    expect(kept.keys[1]).toEqual({ id: 'c' });
  });

  it.each([
    [[1, 2], [1]],
    [{ a: 1, b: undefined }, { a: 1 }],
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: undefined }, { b: undefined }],
    [{ 0: 'a' }, ['a']],
    [{ a: null }, { a: {} }],
  ])('takes %j for no %j', (before, now) => {
    expect(keptWhereSame<unknown>(before, now)).toStrictEqual(now);
  });

  it('says what was read now, whatever was read before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, now) => {
        expect(keptWhereSame<unknown>(before, now)).toStrictEqual(now);
        expect(keptWhereSame<unknown>(now, structuredClone(now))).toBe(now);
      }),
      { numRuns: 300 },
    );
  });
});
