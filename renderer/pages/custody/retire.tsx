import { useState } from 'react';
import type { Rotation } from '../../../shared/ipc/custody.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { SignDialog } from '../parts/sign-dialog.tsx';
import { SigningSummary } from '../parts/signing.tsx';

const ROUTE = 'wallet-keys.retire';

interface RetireProps {
  readonly wallet: NonNullable<Rotation['wallet']>;
  readonly former: NonNullable<Rotation['former']>;
  readonly reason: string;
}

function Dialog({ wallet, former, reason, onClose }: RetireProps & { readonly onClose: () => void }) {
  const bridge = useBridge();
  const { address, fingerprint } = former;
  const body = { address, fingerprint, successor: wallet.fingerprint, reason };
  const { action, run } = useAction(() => bridge.call(ROUTE, { body }));
  return (
    <SignDialog
      title="Propose to retire the former wallet"
      description="Retiring a wallet takes two persons: your signature proposes it, and another operator approves it."
      testId="retire-wallet"
      action={action}
      sign="Sign and propose"
      danger
      onSign={() => void run()}
      onClose={onClose}
      done={{
        title: 'The retirement is proposed',
        says: () => 'Another operator approves it under Operators. Then its key can be destroyed here.',
      }}
    >
      <SigningSummary route={ROUTE} body={body} />
    </SignDialog>
  );
}

/** The first half of retiring a wallet: a proposal, which another operator approves. The key is destroyed after that. */
export function ProposeRetirement({ rotation }: { readonly rotation: Rotation }) {
  const [isOpen, setOpen] = useState(false);
  const enrolment = useEnrolment().data;
  const { wallet, former, reason } = rotation;
  if (!wallet || !former) return null;
  const whyNot = whyNotSign(enrolment, ROUTE);
  return (
    <div className="flex flex-wrap items-center gap-3 py-3" data-testid="custody-retirement">
      <span className="max-w-[64ch] text-body text-soft">
        {rotation.way !== 'vault'
          ? 'Two persons retire a wallet, at the service that the key went to. Copy the executed proposal and its digest from there.'
          : 'Two persons retire a wallet. Its key waits in the vault, empty, until another operator has approved.'}
      </span>
      {rotation.way !== 'vault' ? null : (
        <Button disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => setOpen(true)}>
          Propose the retirement
        </Button>
      )}
      {isOpen ? (
        <Dialog wallet={wallet} former={former} reason={reason} onClose={() => setOpen(false)} />
      ) : null}
    </div>
  );
}
