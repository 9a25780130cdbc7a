import type { Containment } from '../../../shared/http/containment.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useRelease } from './use-incidents.ts';

interface ReleaseProps {
  readonly containment: Containment;
  readonly blocked: string | null;
  readonly onClose: () => void;
}

/** Asks for a second person’s signature; the account signs in before that as little as before. */
export function Release({ containment: { id, name }, blocked, onClose }: ReleaseProps) {
  const draft = useDraft('incidents.release', id, { reason: '' });
  const { reason } = draft.typed;
  const { action, run } = useRelease(id);
  const body = { name, reason: reason.trim() };
  if (action.state === 'done')
    return (
      <SignedDone title="The release is proposed" testId="release-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          {name} still cannot sign in. {action.value.body.proposal.id} waits on the Operators screen for
          another person’s signature.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      wide
      title={`Propose to let ${name} sign in again`}
      description="Whoever knows its password gets in then. It stays out until another operator approves; what was revoked stays revoked."
      testId="release"
      action={action}
      draft={draft}
      onSign={body.reason === '' ? null : () => run(body)}
      onClose={onClose}
      sign="Sign and propose"
      cancel="Keep it out"
      blocked={blocked}
      summary={<SigningSummary route="containments.release" params={{ id }} body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={(text) => draft.type({ reason: text })}
          touched={touched}
          disabled={running}
          placeholder="its owner has proved who they are"
        />
      )}
    </SignedForm>
  );
}
