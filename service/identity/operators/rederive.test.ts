import { describe, expect, it } from 'vitest';
import { operatorStates } from './rederive.ts';

const ID = 'opr_01jd0000000000000000000000';

describe('what the log tells of an operator', () => {
  it('is the role of each moment and what it signs, until nothing is left', () => {
    const states = operatorStates();
    const take = (number: number, kind: string, data: object) =>
      states.take({
        ...{ number, id: `e${number}`, kind, actor: 'opr', agent: null },
        data: { operatorId: ID, ...data },
      });
    const fields = () => states.told().get(ID)?.fields;
    expect(fields()).toBeUndefined();
    take(1, 'operator.enrolled', { name: 'Ada', role: 'reviewer', keyId: 'k', by: 'invitation' });
    const reviewer = fields();
    expect(reviewer).toMatchObject({ name: 'Ada', role: 'reviewer', revoked: false });
    take(2, 'operator.role-changed', { name: 'Ada', from: 'reviewer', to: 'administrator' });
    const administrator = fields();
    expect(administrator?.role).toBe('administrator');
    expect(Number(administrator?.signs)).toBeGreaterThan(Number(reviewer?.signs));
    take(3, 'operator.revoked', {});
    expect(fields()).toMatchObject({ role: null, revoked: true, signs: 0 });
    expect(states.told().get(ID)?.number).toBe(3);
  });

  it('contradicts an operator that nobody enrolled, and a role that nobody gave', async () => {
    const forged = operatorStates();
    const row = { id: ID, name: 'Eve', role: 'administrator', key_id: 'k', revoked_at: null };
    const chain = { select: () => chain, orderBy: () => chain, execute: async () => [row] };
    await forged.open({ selectFrom: () => chain } as never);
    expect(forged.compare()).toMatchObject([{ subject: ID, what: 'untold' }]);
    forged.take({
      ...{ number: 1, id: 'e', kind: 'operator.enrolled', actor: 'opr', agent: null },
      data: { operatorId: ID, name: 'Eve', role: 'reviewer', keyId: 'k' },
    });
    expect(forged.compare()).toMatchObject([{ subject: ID, what: 'differs', fields: ['role'] }]);
  });
});
