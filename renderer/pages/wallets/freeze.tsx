import { useState } from 'react';
import type { Wallet, WalletFreeze } from '../../../shared/http/treasury.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { FullTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';

interface DialogProps {
  readonly wallet: string;
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onSettled: () => void;
}

function FreezeWallet({ wallet, blocked, onClose, onSettled }: DialogProps) {
  const [reason, setReason] = useState('');
  const bridge = useBridge();
  const body = { wallet, reason: reason.trim() };
  const { action, run } = useAction(() => bridge.call('wallets.freeze', { body }));
  if (action.state === 'done')
    return (
      <SignedDone title="The wallet is frozen" testId="wallet-freeze-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          Nothing leaves it now. It is still credited, and what was held before is settled or released. Two
          persons unfreeze it.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      title="Freeze this wallet"
      description="Nothing leaves it until two operators unfreeze it; all other wallets go on. What was held before is still settled."
      testId="wallet-freeze"
      action={action}
      onSign={body.reason === '' ? null : () => run()}
      onAttempted={onSettled}
      onClose={onClose}
      sign="Sign and freeze"
      danger
      blocked={blocked}
      summary={<SigningSummary route="wallets.freeze" body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={setReason}
          touched={touched}
          disabled={running}
          placeholder="its key spends what its owner did not order"
        />
      )}
    </SignedForm>
  );
}

/** Asks for a second person’s signature; nothing is allowed before that. */
function UnfreezeWallet({
  wallet,
  freeze,
  blocked,
  onClose,
  onSettled,
}: DialogProps & { readonly freeze: WalletFreeze }) {
  const [reason, setReason] = useState('');
  const bridge = useBridge();
  const body = { wallet, freezeId: freeze.id, reason: reason.trim() };
  const { action, run } = useAction(() => bridge.call('wallets.unfreeze', { body }));
  if (action.state === 'done')
    return (
      <SignedDone title="Unfreezing is proposed" testId="wallet-unfreeze-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          The wallet is still frozen. {action.value.body.proposal.id} waits on the Operators screen for
          another person’s signature.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      title="Propose to unfreeze this wallet"
      description={`Frozen because: ${freeze.reason}. It stays frozen until another operator approves.`}
      testId="wallet-unfreeze"
      action={action}
      onSign={body.reason === '' ? null : () => run()}
      onAttempted={onSettled}
      onClose={onClose}
      sign="Sign and propose"
      blocked={blocked}
      summary={<SigningSummary route="wallets.unfreeze" body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={setReason}
          touched={touched}
          disabled={running}
          placeholder="the stolen key is revoked"
        />
      )}
    </SignedForm>
  );
}

interface FreezingProps {
  readonly wallet: Wallet;
  /** Why this console may not sign, by act; `null` where it may. */
  readonly whyNot: { readonly freeze: string | null; readonly unfreeze: string | null };
  readonly onSettled: () => void;
}

/** Whether a wallet is frozen, by whom and why, and the act that changes it. System accounts are stopped with everything. */
export function WalletFreezing({ wallet, whyNot, onSettled }: FreezingProps) {
  const [dialog, setDialog] = useState<'freeze' | 'unfreeze' | null>(null);
  const now = useNow();
  const { address, freeze } = wallet;
  const dialogs = { wallet: address, onClose: () => setDialog(null), onSettled };
  if (wallet.kind === 'system')
    return (
      <p className="text-small text-soft">
        Everybody pays through a system account: it is stopped only with all spending.
      </p>
    );
  return (
    <>
      {freeze ? (
        <Section title="Frozen" testId="wallet-frozen">
          <Facts>
            <Fact label="Since">
              <FullTime at={freeze.frozenAt} now={now} />
            </Fact>
            <Fact label="By">
              <code className="break-all font-mono text-small">{freeze.frozenBy}</code>
            </Fact>
            <Fact label="Because">{freeze.reason}</Fact>
          </Facts>
        </Section>
      ) : null}
      <div>
        <Button
          kind={freeze ? 'plain' : 'danger'}
          disabled={whyNot[freeze ? 'unfreeze' : 'freeze'] !== null}
          title={whyNot[freeze ? 'unfreeze' : 'freeze'] ?? undefined}
          onClick={() => setDialog(freeze ? 'unfreeze' : 'freeze')}
        >
          {freeze ? 'Propose to unfreeze it' : 'Freeze it'}
        </Button>
      </div>
      {dialog === 'freeze' ? <FreezeWallet {...dialogs} blocked={whyNot.freeze} /> : null}
      {dialog === 'unfreeze' && freeze ? (
        <UnfreezeWallet {...dialogs} freeze={freeze} blocked={whyNot.unfreeze} />
      ) : null}
    </>
  );
}
