import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { behaviourOf, cosine, type Deed, inStep, LAST, likeness } from './behaviour.ts';
import { alikeAmong } from './correlate.ts';

const deeds = (kinds: readonly string[], hour = 3): Deed[] =>
  kinds.map((kind, n) => ({ kind, at: new Date(Date.UTC(2030, 0, 1 + n, hour)) }));
const many = (pattern: readonly string[], count = 40) =>
  Array.from({ length: count }, (_, n) => pattern[n % pattern.length] ?? '');

describe('likeness', () => {
  it('of the same deeds at the same hours in the same order is 1', () => {
    const one = behaviourOf(deeds(many(['a', 'b', 'a', 'c'])));
    const two = behaviourOf(deeds(many(['a', 'b', 'a', 'c'])));
    expect(likeness(one, two).score).toBeCloseTo(1);
  });

  it.each([
    ['other deeds', deeds(many(['x', 'y']))],
    ['another hour', deeds(many(['a', 'b', 'a', 'c']), 15)],
    ['another order', deeds([...many(['a'], 20), ...many(['b'], 10), ...many(['c'], 10)])],
  ])('is low with %s', (_what, other) => {
    const one = behaviourOf(deeds(many(['a', 'b', 'a', 'c'])));
    expect(likeness(one, behaviourOf(other)).score).toBeLessThan(0.8);
  });

  it('says nothing of an agent that has done little', () => {
    const short = behaviourOf(deeds(many(['a'], LAST - 1)));
    expect(likeness(short, short).score).toBe(0);
  });

  it('is symmetric and between 0 and 1', () => {
    const kinds = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: LAST, maxLength: 60 });
    fc.assert(
      fc.property(kinds, kinds, (a, b) => {
        const [one, two] = [behaviourOf(deeds(a)), behaviourOf(deeds(b))];
        expect(likeness(one, two).score).toBeCloseTo(likeness(two, one).score);
        expect(likeness(one, two).score).toBeGreaterThanOrEqual(0);
        expect(likeness(one, two).score).toBeLessThanOrEqual(1);
        expect(likeness(one, one).score).toBeCloseTo(1);
      }),
    );
  });

  it('of nothing is 0', () => {
    expect(cosine(new Map(), new Map([['a', 1]]))).toBe(0);
    expect(inStep([], ['a'])).toBe(0);
  });
});

describe('pairs', () => {
  const behaviour = behaviourOf(deeds(many(['a', 'b'])));

  it('at the threshold are found, with the lower id first', () => {
    const agents = [
      { id: 'agt_2', ownerId: 'acc_2', behaviour },
      { id: 'agt_1', ownerId: null, behaviour },
      { id: 'agt_3', ownerId: 'acc_3', behaviour: behaviourOf(deeds(many(['z']))) },
    ];
    expect(alikeAmong(agents, 0.97)).toMatchObject([{ agent: 'agt_1', other: 'agt_2' }]);
  });

  it('of one owner are left out: they are kept apart already', () => {
    const agents = ['agt_1', 'agt_2'].map((id) => ({ id, ownerId: 'acc_1', behaviour }));
    expect(alikeAmong(agents, 0.97)).toEqual([]);
  });
});
