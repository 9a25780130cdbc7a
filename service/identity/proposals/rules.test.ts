import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSamePerson } from '../../../shared/http/operator-parts.ts';
import type { Standing } from '../operators/roster.ts';
import { requireSecondOperator } from './rules.ts';

const person = (id: string, name: string, role: Standing['role'] = 'responder'): Standing => ({
  id,
  name,
  role,
  revoked_at: null,
});

describe('isSamePerson', () => {
  it.each([
    ['Ada', 'ADA'],
    ['Ada Lovelace', 'ada  lovelace'],
    ['Ada', 'Ａｄａ'],
    [' Ada', 'Ada '],
    ['Zoë', 'Zoe\u0308'],
  ])('takes %j and %j for one', (left, right) => {
    expect(isSamePerson(person('opr_1', left), person('opr_2', right))).toBe(true);
  });

  it('takes one operator for one, and different names for two', () => {
    expect(isSamePerson(person('opr_1', 'Ada'), person('opr_1', 'Bob'))).toBe(true);
    expect(isSamePerson(person('opr_1', 'Ada'), person('opr_2', 'Bob'))).toBe(false);
    expect(isSamePerson(person('opr_1', 'Ann B'), person('opr_2', 'AnnB'))).toBe(false);
  });

  it('does not depend on who is asked first', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const [left, right] = [person('opr_1', a), person('opr_2', b)];
        expect(isSamePerson(left, right)).toBe(isSamePerson(right, left));
      }),
    );
  });
});

describe('requireSecondOperator', () => {
  const ada = person('opr_1', 'Ada', 'administrator');
  const judge = (others: readonly Standing[]): string => {
    try {
      requireSecondOperator([ada, ...others], ada, ['responder', 'administrator']);
      return 'there is one';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('finds another person with a role that may approve', () => {
    expect(judge([person('opr_2', 'Bob')])).toBe('there is one');
  });

  it.each([
    ['nobody', []],
    ['a role that may not', [person('opr_2', 'Bob', 'reviewer')]],
    ['a second key of the proposer', [person('opr_2', 'ada')]],
  ])('does not take %s for one', (_what, others) => {
    expect(judge(others)).toBe('second_operator_needed');
  });
});
