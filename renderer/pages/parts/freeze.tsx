import { useState } from 'react';
import type { SpendingFreeze } from '../../../shared/http/freeze.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';
import { ReasonField } from './reason.tsx';
import { SignedDone, SignedForm } from './signed-form.tsx';
import { SigningSummary } from './signing.tsx';

/** Whoever froze it may sit at another console: this is how soon every screen says so. */
const FREEZE_MS = 2000;

export const useFreeze = () => useCall('freeze.state', {}, { everyMs: FREEZE_MS });

interface DialogProps {
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onSettled: () => void;
}

/** A reason that is true whenever somebody presses the key, so that Enter is enough; it may be said better. */
const LOOKING = 'Stopped while an operator looks';

/** Stops all spending: the key, Enter, and the decision in the signing window. */
export function FreezeSpending({ blocked, onClose, onSettled }: DialogProps) {
  const [reason, setReason] = useState(LOOKING);
  const bridge = useBridge();
  const body = { reason: reason.trim() };
  const { action, run } = useAction(() => bridge.call('freeze.order', { body }));
  if (action.state === 'done')
    return (
      <SignedDone title="All spending is stopped" testId="freeze-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          Transfers, generations and payments are refused now. What was held before is still settled. Two
          persons lift it.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      title="Stop all spending"
      description="Nobody can spend until two operators allow it again. Nothing is lost: what was held is settled, and reads go on."
      testId="freeze-order"
      action={action}
      onSign={body.reason === '' ? null : () => run()}
      onAttempted={onSettled}
      onClose={onClose}
      sign="Sign and stop all spending"
      danger
      blocked={blocked}
      summary={<SigningSummary route="freeze.order" body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={setReason}
          touched={touched}
          disabled={running}
          placeholder="credits leave a wallet that nobody knows"
        />
      )}
    </SignedForm>
  );
}

/** Asks for a second person’s signature; nothing is allowed before that. */
export function LiftFreeze({
  freeze,
  blocked,
  onClose,
  onSettled,
}: DialogProps & { readonly freeze: SpendingFreeze }) {
  const [reason, setReason] = useState('');
  const bridge = useBridge();
  const body = { freezeId: freeze.id, reason: reason.trim() };
  const { action, run } = useAction(() => bridge.call('freeze.lift', { body }));
  if (action.state === 'done')
    return (
      <SignedDone title="Lifting is proposed" testId="lift-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          Spending is still stopped. {action.value.body.proposal.id} waits on the Operators screen for another
          person’s signature.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      title="Propose to allow spending again"
      description={`Stopped because: ${freeze.reason}. It stays stopped until another operator approves.`}
      testId="freeze-lift"
      action={action}
      onSign={body.reason === '' ? null : () => run()}
      onAttempted={onSettled}
      onClose={onClose}
      sign="Sign and propose"
      blocked={blocked}
      summary={<SigningSummary route="freeze.lift" body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={setReason}
          touched={touched}
          disabled={running}
          placeholder="the stolen key is contained"
        />
      )}
    </SignedForm>
  );
}
