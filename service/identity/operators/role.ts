import type { Tx } from '../../db/database.ts';
import { HttpError } from '../../gate/http-error.ts';
import { criticalExecutor, type Executor } from '../proposals/executor.ts';
import { activeOperators, administratorsAmong } from './roster.ts';
import { AUTHORITY_APPROVERS, type OperatorRow } from './rules.ts';
import { readOperator, setRole } from './store.ts';

interface Change {
  readonly params: { readonly id: string };
  readonly body: { readonly role: OperatorRow['role'] };
}

async function requireChange(tx: Tx, { params: { id }, body: { role } }: Change): Promise<OperatorRow> {
  const target = await readOperator(tx, id);
  if (!target) throw new HttpError('not_found', `there is no operator ${id}`);
  if (target.revoked_at !== null) throw new HttpError('conflict', `${id} is revoked`);
  if (target.role === role) throw new HttpError('conflict', `${target.name} is ${role} already`);
  if (target.role === 'administrator') {
    const others = (await activeOperators(tx)).filter((other) => other.id !== id);
    // Two persons could agree on it and lock everybody out; revoking says that consequence on its card, this does not.
    if (administratorsAmong(others) === 0)
      throw new HttpError('conflict', `${target.name} is the last administrator; make another one first`);
  }
  return target;
}

export const roleExecutor = (): Executor =>
  criticalExecutor('operators.changeRole', {
    approvers: AUTHORITY_APPROVERS,
    check: async (tx, input) => {
      await requireChange(tx, input);
    },
    execute: async (tx, input, { stage, proposalId, approverId }) => {
      const { id, name, role: from } = await requireChange(tx, input);
      if (id === approverId)
        throw new HttpError('same_person', 'nobody approves the change of their own authority');
      await setRole(tx, id, input.body.role);
      await stage('operator.role-changed', { operatorId: id, name, from, to: input.body.role, proposalId });
      return id;
    },
  });
