import type { Hold, Posting, Wallet } from '../../../shared/http/treasury.ts';
import { Amount, WalletAddress } from '../../ui/amount.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { FullTime, RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RemoteValue } from '../parts/remote.tsx';
import { WalletFreezing } from './freeze.tsx';
import { WalletState } from './tables.tsx';
import { useHolds, usePostings } from './use-wallets.ts';

interface DetailProps {
  readonly wallet: Wallet;
  /** Why this console may not sign, by act; `null` where it may. */
  readonly whyNot: Readonly<Record<'grant' | 'transfer' | 'freeze' | 'unfreeze', string | null>>;
  readonly onGrant: () => void;
  readonly onTransfer: () => void;
  /** After a signature, whatever came of it. */
  readonly onSettled: () => void;
  readonly onClose: () => void;
}

function Movement({ posting }: { readonly posting: Posting }) {
  const now = useNow();
  return (
    <li className="flex items-center gap-3 border-line border-b py-1.5 last:border-b-0">
      <span className="min-w-0 flex-1">
        <WalletAddress value={posting.counterpart} short />
      </span>
      <span className="text-faint text-small">
        <RelativeTime at={posting.transfer.at} now={now} />
      </span>
      <Amount value={posting.amount} signed />
    </li>
  );
}

const HoldLine = ({ hold }: { readonly hold: Hold }) => (
  <li className="flex items-center gap-3 border-line border-b py-1.5 last:border-b-0">
    <State tone="busy" word={hold.purpose} className="min-w-0 flex-1" title={hold.reference} />
    <Amount value={hold.amount} />
  </li>
);

/** What a wallet has, what is held of it, and what moved last. */
export function WalletDetail({ wallet, whyNot, onGrant, onTransfer, onSettled, onClose }: DetailProps) {
  const now = useNow();
  const postings = usePostings(wallet.address);
  const holds = useHolds('pending', wallet.address);
  const pending = holds.data?.holds ?? [];
  const title = wallet.kind === 'system' ? 'System account' : `Wallet of an ${wallet.kind}`;
  return (
    <Drawer title={title} label="Wallet details" testId="wallet-detail" onClose={onClose}>
      <div className="flex flex-col gap-4 px-4 py-2">
        <Facts>
          <Fact label="Address">
            <WalletAddress value={wallet.address} />
          </Fact>
          {wallet.ownerId ? (
            <Fact label="Owner">
              <span className="flex items-start gap-1">
                <code className="min-w-0 flex-1 select-all break-all font-mono text-small leading-6">
                  {wallet.ownerId}
                </code>
                <CopyButton text={wallet.ownerId} what="the owner's id" />
              </span>
            </Fact>
          ) : null}
          <Fact label="State">
            <WalletState wallet={wallet} />
          </Fact>
          <Fact label="Balance">
            <Amount value={wallet.posted} />
          </Fact>
          <Fact label="Held">
            <Amount value={wallet.held} />
          </Fact>
          <Fact label="Available">
            <Amount value={wallet.available} />
          </Fact>
          <Fact label="Opened">
            <FullTime at={wallet.createdAt} now={now} />
          </Fact>
        </Facts>
        {wallet.kind === 'system' ? null : (
          <div className="flex gap-2">
            <Button disabled={whyNot.grant !== null} title={whyNot.grant ?? undefined} onClick={onGrant}>
              Grant to it
            </Button>
            <Button
              disabled={whyNot.transfer !== null}
              title={whyNot.transfer ?? undefined}
              onClick={onTransfer}
            >
              Transfer from it
            </Button>
          </div>
        )}
        <WalletFreezing wallet={wallet} whyNot={whyNot} onSettled={onSettled} />
        {pending.length > 0 ? (
          <Section title="Pending holds">
            <ul>
              {pending.map((hold) => (
                <HoldLine key={hold.id} hold={hold} />
              ))}
            </ul>
          </Section>
        ) : null}
        <Section title="Last postings" aside="at most 50">
          <RemoteValue
            remote={postings}
            what="the postings of this wallet"
            skeleton={<SkeletonRows rows={3} waitingFor="the postings of this wallet" />}
          >
            {(page) =>
              page.postings.length > 0 ? (
                <ul>
                  {page.postings.map((posting) => (
                    <Movement key={posting.number} posting={posting} />
                  ))}
                </ul>
              ) : (
                <p className="py-3 text-body text-soft">Nothing has moved yet.</p>
              )
            }
          </RemoteValue>
        </Section>
      </div>
    </Drawer>
  );
}
