import { useState } from 'react';
import { HOLD_STATES, type HoldState } from '../../../shared/http/treasury.ts';
import { useStores, useUi } from '../../stores/stores.tsx';
import { Button, Segments } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EnrolmentCall, useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { Books } from './books.tsx';
import { GrantCredits, TransferCredits } from './move.tsx';
import { OpenedWallet } from './opened.tsx';
import { HoldTable, PostingTable, WalletTable } from './tables.tsx';
import { useConservation, useHolds, usePostings, useWallets } from './use-wallets.ts';

const LISTS = [
  { value: 'wallets', label: 'Balances' },
  { value: 'holds', label: 'Holds' },
  { value: 'postings', label: 'Postings' },
] as const;
type List = (typeof LISTS)[number]['value'];

const HOLDS = [...HOLD_STATES, 'all' as const].map((value) => ({ value, label: value }));

const Skeleton = ({ what }: { readonly what: string }) => <SkeletonRows rows={6} waitingFor={what} />;

const Shown = ({ count, more }: { readonly count: number; readonly more: boolean }) => (
  <p className="py-2 text-faint text-small">
    {formatCount(count)} shown{more ? ', the newest' : ''}
  </p>
);

function Holds() {
  const [state, setState] = useState<HoldState | 'all'>('pending');
  const holds = useHolds(state);
  return (
    <>
      <Segments label="Which holds" value={state} options={HOLDS} onChange={setState} />
      <RemoteValue remote={holds} what="the holds" skeleton={<Skeleton what="the holds" />}>
        {(page) =>
          page.holds.length > 0 ? (
            <>
              <HoldTable holds={page.holds} />
              <Shown count={page.holds.length} more={page.nextCursor !== null} />
            </>
          ) : (
            <EmptyState
              testId="empty-holds"
              title={state === 'all' ? 'Nothing was ever held' : `No hold is ${state}`}
            >
              <p>A generation holds what it may cost before it begins, and pays or frees it when it ends.</p>
            </EmptyState>
          )
        }
      </RemoteValue>
    </>
  );
}

function Postings() {
  const postings = usePostings();
  return (
    <RemoteValue remote={postings} what="the postings" skeleton={<Skeleton what="the postings" />}>
      {(page) =>
        page.postings.length > 0 ? (
          <>
            <PostingTable postings={page.postings} />
            <Shown count={page.postings.length} more={page.nextCursor !== null} />
          </>
        ) : (
          <EmptyState testId="empty-postings" title="Nothing has moved yet">
            <p>Every transfer stands here as two postings that sum to zero. Grant credits to begin.</p>
          </EmptyState>
        )
      }
    </RemoteValue>
  );
}

const WHICH = [
  { value: 'all', label: 'all' },
  { value: 'frozen', label: 'frozen' },
] as const;
type Which = (typeof WHICH)[number]['value'];

interface BalancesProps {
  readonly which: Which;
  readonly wallets: ReturnType<typeof useWallets>;
  readonly onOpen: (address: string) => void;
}

const Empty = ({ which }: { readonly which: Which }) =>
  which === 'frozen' ? (
    <EmptyState testId="empty-frozen" title="No wallet is frozen">
      <p>Open a wallet to freeze it: nothing leaves it then, and all others go on.</p>
    </EmptyState>
  ) : (
    <EmptyState testId="empty" title="Nobody has a wallet yet">
      <p>A wallet comes with each account and each agent that registers. Then grant credits to it.</p>
    </EmptyState>
  );

const Balances = ({ wallets, which, onOpen }: BalancesProps) => (
  <RemoteValue remote={wallets} what="the wallets" skeleton={<Skeleton what="the wallets" />}>
    {(page) => (
      <>
        <WalletTable wallets={page.wallets} onOpen={onOpen} />
        {page.wallets.some((wallet) => wallet.kind !== 'system') ? (
          <Shown count={page.wallets.length} more={page.nextCursor !== null} />
        ) : (
          <Empty which={which} />
        )}
      </>
    )}
  </RemoteValue>
);

interface Dialog {
  readonly act: 'grant' | 'transfer';
  readonly wallet?: string;
}

export function WalletsPage() {
  const [list, setList] = useState<List>('wallets');
  const { ui } = useStores();
  const opened = useUi((s) => s.wallet);
  const [which, setWhich] = useState<Which>('all');
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const books = useConservation();
  const wallets = useWallets(which === 'frozen');
  const enrolment = useEnrolment().data;
  const whyNot = {
    grant: whyNotSign(enrolment, 'treasury.grant'),
    transfer: whyNotSign(enrolment, 'treasury.transfer'),
    freeze: whyNotSign(enrolment, 'wallets.freeze'),
    unfreeze: whyNotSign(enrolment, 'wallets.unfreeze'),
  };
  const Move = dialog?.act === 'grant' ? GrantCredits : TransferCredits;
  const act = (name: Dialog['act'], label: string) => (
    <Button
      kind={name === 'grant' ? 'primary' : 'plain'}
      disabled={whyNot[name] !== null}
      title={whyNot[name] ?? undefined}
      onClick={() => setDialog({ act: name })}
    >
      {label}
    </Button>
  );
  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col gap-4 overflow-auto p-(--page)">
        <PageHeader
          title="Wallets"
          note={<Freshness remote={books} pace="every 2 s" />}
          actions={
            <>
              <EnrolmentCall enrolment={enrolment} />
              {act('transfer', 'Transfer')}
              {act('grant', 'Grant credits')}
            </>
          }
        />
        <RemoteValue remote={books} what="the books" skeleton={<Skeleton what="the books" />}>
          {(found) => <Books books={found} />}
        </RemoteValue>
        <div className="flex">
          <Segments label="What to show" value={list} options={LISTS} onChange={setList} />
        </div>
        {list === 'wallets' ? (
          <>
            <div className="flex">
              <Segments label="Which wallets" value={which} options={WHICH} onChange={setWhich} />
            </div>
            <Balances wallets={wallets} which={which} onOpen={ui.showWallet} />
          </>
        ) : null}
        {list === 'holds' ? <Holds /> : null}
        {list === 'postings' ? <Postings /> : null}
      </div>
      {opened !== null ? (
        <OpenedWallet
          key={opened}
          address={opened}
          listed={wallets.data?.wallets.find(({ address }) => address === opened)}
          whyNot={whyNot}
          onGrant={() => setDialog({ act: 'grant', wallet: opened })}
          onTransfer={() => setDialog({ act: 'transfer', wallet: opened })}
          onSettled={wallets.retry}
          onClose={() => ui.showWallet(null)}
        />
      ) : null}
      {dialog ? (
        <Move
          wallet={dialog.wallet}
          onClose={() => setDialog(null)}
          onDone={() => {
            books.retry();
            wallets.retry();
          }}
        />
      ) : null}
    </div>
  );
}
