import { useState } from 'react';
import type { Operator } from '../../../shared/http/operators.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Input } from '../../ui/field.tsx';
import { SignDialog } from '../parts/sign-dialog.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { consequenceOf } from './rules.ts';
import { useRevoke } from './use-operators.ts';

interface RevokeProps {
  readonly target: Operator;
  readonly operators: readonly Operator[];
  readonly isOwn: boolean;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}

/** Takes an operator's key its authority, at once and for ever: containment waits for no second person. */
export function RevokeOperator({ target, operators, isOwn, onClose, onRevoked }: RevokeProps) {
  const draft = useDraft('operators.revoke', target.id, { reason: '' });
  const { reason } = draft.typed;
  const [touched, setTouched] = useState(false);
  const { action, run } = useRevoke();
  const missing = reason.trim() === '';
  const consequence = consequenceOf(target, operators);
  const body = { reason: reason.trim(), ...(consequence ? { consequence } : {}) };

  const sign = async (): Promise<boolean> => {
    setTouched(true);
    if (missing) return false;
    const isDone = await run(target.id, body);
    onRevoked();
    return isDone;
  };

  return (
    <SignDialog
      title={`Revoke ${target.name}`}
      description={
        <>
          Ends the authority of {isOwn ? 'this console’s own key' : 'this key'} at once and for ever, with the
          invitations and proposals that rest on it. It waits for no second person.
          {consequence ? <strong className="mt-1 block text-bad">{consequence}</strong> : null}
        </>
      }
      testId="revoke-operator"
      action={action}
      sign={`Sign and revoke ${target.name}`}
      cancel="Keep the operator"
      danger
      onSign={sign}
      draft={draft}
      onClose={onClose}
      done={{
        title: 'Operator revoked',
        says: () =>
          `${target.name} signs nothing any more. What this key signed before still verifies, and the revocation is in the ledger.`,
      }}
    >
      <div className="px-5">
        <Field
          label="Reason"
          hint="Goes into the ledger with your name."
          error={touched && missing ? 'Say why: the ledger keeps it.' : undefined}
        >
          {(aria) => (
            <Input
              {...aria}
              autoFocus
              value={reason}
              maxLength={500}
              disabled={action.state === 'running'}
              placeholder="lost the laptop"
              onChange={(event) => draft.type({ reason: event.target.value })}
            />
          )}
        </Field>
      </div>
      <SigningSummary route="operators.revoke" params={{ id: target.id }} body={body} />
    </SignDialog>
  );
}
