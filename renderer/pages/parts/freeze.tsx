import type { SpendingFreeze } from '../../../shared/http/freeze.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCall } from '../../bridge/use-remote.ts';
import { OrderWithReason, ProposalWithReason } from './reasoned.tsx';

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
export function FreezeSpending(props: DialogProps) {
  const bridge = useBridge();
  return (
    <OrderWithReason
      {...props}
      form="freeze.order"
      subject=""
      start={LOOKING}
      title="Stop all spending"
      description="Nobody can spend until two operators allow it again. Nothing is lost: what was held is settled, and reads go on."
      testId="freeze-order"
      sign="Sign and stop all spending"
      placeholder="credits leave a wallet that nobody knows"
      route="freeze.order"
      about={{}}
      ask={(body: { reason: string }) => bridge.call('freeze.order', { body })}
      done={{
        title: 'All spending is stopped',
        testId: 'freeze-done',
        says: () =>
          'Transfers, generations and payments are refused now. What generations held before is still settled. Two persons lift it.',
      }}
    />
  );
}

/** Asks for a second person’s signature; nothing is allowed before that. */
export function LiftFreeze({ freeze, ...props }: DialogProps & { readonly freeze: SpendingFreeze }) {
  const bridge = useBridge();
  return (
    <ProposalWithReason
      {...props}
      form="freeze.lift"
      subject={freeze.id}
      title="Propose to allow spending again"
      description={`Stopped because: ${freeze.reason}. It stays stopped until another operator approves.`}
      testId="freeze-lift"
      placeholder="the stolen key is contained"
      route="freeze.lift"
      about={{ freezeId: freeze.id }}
      ask={(body: { freezeId: string; reason: string }) => bridge.call('freeze.lift', { body })}
      done={{ title: 'Lifting is proposed', testId: 'lift-done', still: 'Spending is still stopped.' }}
    />
  );
}
