import type { Incident } from '../../../shared/http/incidents.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { type MoveBody, useMove } from './use-incidents.ts';

const SAYS: Readonly<Record<MoveBody['to'], string>> = {
  acknowledged: 'Somebody looks at it: its first clock stops. New alerts open it again.',
  contained: 'The attacker can go no further: both clocks stop. New alerts open it again.',
  closed: 'It is over and stays closed; new alerts open another. Nothing of it may still ring.',
};

interface MoveProps {
  readonly incident: Incident;
  readonly to: MoveBody['to'];
  readonly onClose: () => void;
  readonly onMoved: () => void;
}

/** Says by a signature how far an incident is. */
export function MoveIncident({ incident, to, onClose, onMoved }: MoveProps) {
  const draft = useDraft('incidents.move', `${to} ${incident.id}`, { reason: '' });
  const { reason } = draft.typed;
  const { action, run } = useMove(incident.id);
  const body = { to, title: incident.title, reason: reason.trim() };
  if (action.state === 'done')
    return (
      <SignedDone title={`The incident is ${to}`} testId="move-incident-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">Your reason is in the ledger and in the timeline.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      title={`${incident.title}: ${incident.state} to ${to}`}
      description={SAYS[to]}
      testId="move-incident"
      action={action}
      onSign={body.reason === '' ? null : () => run(body)}
      draft={draft}
      onAttempted={onMoved}
      onClose={onClose}
      sign={`Sign: ${to}`}
      summary={<SigningSummary route="incidents.move" params={{ id: incident.id }} body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={(text) => draft.type({ reason: text })}
          touched={touched}
          disabled={running}
          placeholder="the account is contained, nothing was spent"
        />
      )}
    </SignedForm>
  );
}
