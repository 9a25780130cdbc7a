import { useState } from 'react';
import { type RouteId, routeOf } from '../../../shared/http/table.ts';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useAct } from './use-minting.ts';

/** One act on a thing that is already there: everything but the reason is known when it is begun. */
export interface Act {
  readonly route: RouteId;
  readonly params?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly title: string;
  readonly says: string;
  readonly sign: string;
  readonly danger?: boolean;
  readonly withReason?: boolean;
}

interface ActProps {
  readonly act: Act;
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks before an act, shows what is signed, and says what became of it. */
export function ActDialog({ act, blocked, onClose, onDone }: ActProps) {
  const [reason, setReason] = useState('');
  const { action, run } = useAct();
  const { route, params, title, says, sign, danger = false, withReason = false } = act;
  const body = withReason ? { ...act.body, reason: reason.trim() } : act.body;
  const input = { ...(params ? { params } : {}), body };
  const isWhole = !withReason || reason.trim() !== '';
  if (action.state === 'done')
    return (
      <SignedDone title={title} onClose={onClose} testId="act-done">
        <p className="px-5 py-4 text-body">It is done, and the ledger has it.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      {...{ title, sign, danger, blocked, action, onClose }}
      description={says}
      testId="act-form"
      onSign={isWhole ? () => run(route, input) : null}
      onAttempted={onDone}
      summary={routeOf(route).card ? <SigningSummary route={route} {...input} /> : undefined}
      note={routeOf(route).card ? undefined : 'A routine act: your key signs it without a card.'}
    >
      {({ touched, running }) =>
        withReason ? (
          <ReasonField
            {...{ touched, value: reason, onText: setReason, disabled: running }}
            placeholder="the label was damaged"
          />
        ) : null
      }
    </SignedForm>
  );
}
