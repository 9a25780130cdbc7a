import { useState } from 'react';
import type { Wallet, WalletFreeze } from '../../../shared/http/treasury.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Button } from '../../ui/button.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { FullTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { OrderWithReason, ProposalWithReason } from '../parts/reasoned.tsx';

interface DialogProps {
  readonly wallet: string;
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onSettled: () => void;
}

function FreezeWallet({ wallet, ...props }: DialogProps) {
  const bridge = useBridge();
  return (
    <OrderWithReason
      {...props}
      form="wallets.freeze"
      subject={wallet}
      title="Freeze this wallet"
      description="Nothing leaves it until two operators unfreeze it; all other wallets go on. What generations held before is still settled."
      testId="wallet-freeze"
      sign="Sign and freeze"
      placeholder="its key spends what its owner did not order"
      route="wallets.freeze"
      about={{ wallet }}
      ask={(body: { wallet: string; reason: string }) => bridge.call('wallets.freeze', { body })}
      done={{
        title: 'The wallet is frozen',
        testId: 'wallet-freeze-done',
        says: () =>
          'Nothing leaves it now. It is still credited, and what generations held before is settled or released. Two persons unfreeze it.',
      }}
    />
  );
}

/** Asks for a second person’s signature; nothing is allowed before that. */
function UnfreezeWallet({ wallet, freeze, ...props }: DialogProps & { readonly freeze: WalletFreeze }) {
  const bridge = useBridge();
  return (
    <ProposalWithReason
      {...props}
      form="wallets.unfreeze"
      subject={wallet}
      title="Propose to unfreeze this wallet"
      description={`Frozen because: ${freeze.reason}. It stays frozen until another operator approves.`}
      testId="wallet-unfreeze"
      placeholder="the stolen key is revoked"
      route="wallets.unfreeze"
      about={{ wallet, freezeId: freeze.id }}
      ask={(body: { wallet: string; freezeId: string; reason: string }) =>
        bridge.call('wallets.unfreeze', { body })
      }
      done={{
        title: 'Unfreezing is proposed',
        testId: 'wallet-unfreeze-done',
        still: 'The wallet is still frozen.',
      }}
    />
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
