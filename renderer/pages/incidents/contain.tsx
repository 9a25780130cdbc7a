import type { ContainableKind, Stolen } from '../../../shared/http/containment.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { useStores } from '../../stores/stores.tsx';
import { formatCount } from '../../ui/format.ts';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useContain } from './use-incidents.ts';

interface ContainProps {
  readonly kind: ContainableKind;
  readonly stolen: Stolen;
  readonly incident: string | null;
  readonly onClose: () => void;
  readonly onOrdered: () => void;
}

/** One signature over the credential by its id and its name; all that derives from it goes with it. */
export function Contain({ kind, stolen, incident, onClose, onOrdered }: ContainProps) {
  const { ui } = useStores();
  const draft = useDraft('incidents.contain', stolen.id, { reason: '' });
  const { reason } = draft.typed;
  const { action, run } = useContain();
  const { id, name, plan } = stolen;
  const body = { kind, id, name, reason: reason.trim(), incidentId: incident };
  const count = formatCount(plan.reduce((sum, step) => sum + step.count, 0));
  if (action.state === 'done')
    return (
      <SignedDone
        title="Containment has begun"
        testId="contain-done"
        onClose={() => {
          onClose();
          ui.showIncidents({ tab: 'containments' });
        }}
      >
        <p className="px-5 py-4 text-body">
          {name} is refused from now on. What derives from it is being revoked; that goes on through a crash
          until nothing is left. Done shows the progress.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      title={`Contain ${name}`}
      description={`Revokes ${count} credentials as of now, and whatever else was or will have been made with it meanwhile. What is revoked stays revoked.`}
      testId="contain"
      wide
      action={action}
      draft={draft}
      onSign={body.reason === '' ? null : () => run(body)}
      onAttempted={onOrdered}
      onClose={onClose}
      sign={`Sign and contain ${name}`}
      cancel="Leave it working"
      danger
      summary={<SigningSummary route="containments.order" body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={(text) => draft.type({ reason: text })}
          touched={touched}
          disabled={running}
          placeholder="found in a public repository"
        />
      )}
    </SignedForm>
  );
}
