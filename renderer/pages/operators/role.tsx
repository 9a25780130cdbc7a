import { useState } from 'react';
import { type Operator, operatorRole } from '../../../shared/http/operators.ts';
import { OPERATOR_ROLES, type OperatorRole } from '../../../shared/http/route.ts';
import { Field, Select } from '../../ui/field.tsx';
import { SignDialog } from '../parts/sign-dialog.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useChangeRole } from './use-operators.ts';

interface RoleProps {
  readonly target: Operator;
  readonly onClose: () => void;
  readonly onProposed: () => void;
}

/** Proposes another role: nothing changes before a second person approves it. */
export function ChangeRole({ target, onClose, onProposed }: RoleProps) {
  const others = OPERATOR_ROLES.filter((role) => role !== target.role);
  const [role, setRole] = useState<OperatorRole>(others[0] ?? 'reviewer');
  const { action, run } = useChangeRole();

  return (
    <SignDialog
      title={`Propose another role for ${target.name}`}
      description={`${target.name} is ${target.role} now, and stays so until another operator than you approves the change.`}
      testId="change-role"
      action={action}
      sign="Sign and propose"
      onSign={() => void run(target.id, role).then(onProposed)}
      onClose={onClose}
      done={{
        title: 'The change is proposed',
        says: ({ body }) =>
          `Nothing has changed yet. ${body.proposal.id} waits under Pending proposals for 24 hours, for somebody else’s signature.`,
      }}
    >
      <div className="px-5">
        <Field label="New role">
          {(aria) => (
            <Select
              {...aria}
              value={role}
              options={others.map((value) => ({ value, label: value }))}
              disabled={action.state === 'running'}
              onValue={(value) => setRole(operatorRole.parse(value))}
            />
          )}
        </Field>
      </div>
      <SigningSummary route="operators.changeRole" params={{ id: target.id }} body={{ role }} />
    </SignDialog>
  );
}
