import { useState } from 'react';
import type { Proposal } from '../../../shared/http/proposal.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Input } from '../../ui/field.tsx';
import { SignDialog } from '../parts/sign-dialog.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { titleOf } from './rules.ts';
import { useWithdraw } from './use-operators.ts';

interface WithdrawProps {
  readonly proposal: Proposal;
  readonly onClose: () => void;
  readonly onSettled: () => void;
}

/** Ends an open proposal: whoever may act at all may say no. */
export function WithdrawProposal({ proposal, onClose, onSettled }: WithdrawProps) {
  const draft = useDraft('operators.withdraw', proposal.id, { reason: '' });
  const { reason } = draft.typed;
  const [touched, setTouched] = useState(false);
  const { action, run } = useWithdraw();
  const missing = reason.trim() === '';
  const sign = async (): Promise<boolean> => {
    setTouched(true);
    if (missing) return false;
    const isDone = await run(proposal.id, reason.trim());
    onSettled();
    return isDone;
  };
  return (
    <SignDialog
      title={`Withdraw: ${titleOf(proposal)}`}
      description={`What ${proposal.content.proposer.name} proposed does not happen. It can be proposed again.`}
      testId="withdraw-proposal"
      action={action}
      sign="Sign and withdraw"
      cancel="Leave it open"
      danger
      onSign={sign}
      draft={draft}
      onClose={onClose}
      done={{ title: 'Proposal withdrawn', says: () => 'It can never be approved any more.' }}
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
              onChange={(event) => draft.type({ reason: event.target.value })}
            />
          )}
        </Field>
      </div>
      <SigningSummary
        route="proposals.withdraw"
        params={{ id: proposal.id }}
        body={{ reason: reason.trim() }}
      />
    </SignDialog>
  );
}
