import type { Hold, HoldState, Posting, TransferKind, Wallet } from '../../../shared/http/treasury.ts';
import { Amount, WalletAddress } from '../../ui/amount.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatDuration } from '../../ui/format.ts';
import { State, type Tone } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';

const figures = { className: 'text-right whitespace-nowrap' };

function When({ at }: { readonly at: string }) {
  return <RelativeTime at={at} now={useNow()} />;
}

/** A frozen wallet is nobody's fault and somebody's work: it is looked at until it is open again. */
export const WalletState = ({ wallet: { freeze } }: { readonly wallet: Wallet }) =>
  freeze ? <State tone="bad" word="frozen" title={freeze.reason} /> : <State tone="ok" word="open" />;

const walletColumns = (onOpen: (address: string) => void): Column<Wallet>[] => [
  {
    id: 'address',
    header: 'Wallet',
    enableSorting: false,
    cell: ({ row }) => (
      <Button
        kind="quiet"
        small
        className="-ml-2"
        aria-label={`Details of ${row.original.address}`}
        onClick={() => onOpen(row.original.address)}
      >
        <WalletAddress value={row.original.address} short />
      </Button>
    ),
  },
  {
    id: 'kind',
    header: 'Of',
    accessorFn: (wallet) => wallet.kind,
    meta: { className: 'w-24 text-soft' },
    cell: ({ row }) => row.original.kind,
  },
  {
    id: 'state',
    header: 'State',
    accessorFn: ({ freeze }) => (freeze ? 'frozen' : 'open'),
    meta: { className: 'w-24' },
    cell: ({ row }) => <WalletState wallet={row.original} />,
  },
  ...(['posted', 'held', 'available'] as const).map(
    (name): Column<Wallet> => ({
      id: name,
      header: { posted: 'Balance', held: 'Held', available: 'Available' }[name],
      enableSorting: false,
      meta: figures,
      cell: ({ row }) => <Amount value={row.original[name]} />,
    }),
  ),
];

interface WalletTableProps {
  readonly wallets: readonly Wallet[];
  readonly onOpen: (address: string) => void;
}

export const WalletTable = ({ wallets, onOpen }: WalletTableProps) => (
  <DataTable
    label="Wallets"
    rows={wallets}
    columns={walletColumns(onOpen)}
    rowId={(wallet) => wallet.address}
    rowTestId="wallet-row"
  />
);

const HOLD_TONE: Record<HoldState, Tone> = { pending: 'busy', posted: 'ok', voided: 'idle', expired: 'warn' };

/** When the money is free again, or what became of it. */
function Ending({ hold }: { readonly hold: Hold }) {
  const now = useNow();
  const left = new Date(hold.expiresAt).getTime() - now;
  if (hold.state === 'posted' && hold.posted !== null) return <Amount value={hold.posted} />;
  if (hold.state === 'voided') return <span className="text-faint text-small">{hold.reason}</span>;
  if (hold.state === 'expired') return <When at={hold.endedAt ?? hold.expiresAt} />;
  return <span className="tabular-nums">{left > 0 ? `in ${formatDuration(left)}` : 'now'}</span>;
}

const HOLD_COLUMNS: Column<Hold>[] = [
  {
    id: 'state',
    header: 'State',
    accessorFn: (hold) => hold.state,
    cell: ({ row }) => <State tone={HOLD_TONE[row.original.state]} word={row.original.state} />,
  },
  {
    id: 'wallet',
    header: 'Wallet',
    enableSorting: false,
    cell: ({ row }) => <WalletAddress value={row.original.wallet} short />,
  },
  {
    id: 'purpose',
    header: 'For',
    accessorFn: (hold) => hold.purpose,
    meta: { className: 'max-w-[200px] truncate' },
    cell: ({ row }) => <span title={row.original.reference}>{row.original.purpose}</span>,
  },
  {
    id: 'amount',
    header: 'Held',
    enableSorting: false,
    meta: figures,
    cell: ({ row }) => <Amount value={row.original.amount} />,
  },
  {
    id: 'ending',
    header: 'Expires or ended',
    enableSorting: false,
    meta: figures,
    cell: ({ row }) => <Ending hold={row.original} />,
  },
  {
    id: 'opened',
    header: 'Opened',
    accessorFn: (hold) => hold.openedAt,
    meta: figures,
    cell: ({ row }) => <When at={row.original.openedAt} />,
  },
];

export const HoldTable = ({ holds }: { readonly holds: readonly Hold[] }) => (
  <DataTable
    label="Holds"
    rows={holds}
    columns={HOLD_COLUMNS}
    rowId={(hold) => hold.id}
    rowTestId="hold-row"
  />
);

const KIND: Record<TransferKind, string> = {
  transfer: 'transfer',
  correction: 'correction',
  admin_grant: 'grant',
  settlement: 'settlement of a hold',
  loss: 'loss',
};

const POSTING_COLUMNS: Column<Posting>[] = [
  {
    id: 'wallet',
    header: 'Wallet',
    enableSorting: false,
    cell: ({ row }) => <WalletAddress value={row.original.wallet} short />,
  },
  {
    id: 'amount',
    header: 'Amount',
    enableSorting: false,
    meta: figures,
    cell: ({ row }) => <Amount value={row.original.amount} signed />,
  },
  {
    id: 'counterpart',
    header: 'Other side',
    enableSorting: false,
    cell: ({ row }) => <WalletAddress value={row.original.counterpart} short />,
  },
  {
    id: 'kind',
    header: 'By',
    accessorFn: (posting) => posting.transfer.kind,
    meta: { className: 'max-w-[240px] truncate' },
    cell: ({ row: { original } }) => (
      <span title={`${original.transfer.id} ${original.transfer.memo ?? ''}`.trim()}>
        {KIND[original.transfer.kind]}
        {original.transfer.memo ? <span className="text-faint">, {original.transfer.memo}</span> : null}
      </span>
    ),
  },
  {
    id: 'at',
    header: 'Entered',
    accessorFn: (posting) => posting.transfer.at,
    meta: figures,
    cell: ({ row }) => <When at={row.original.transfer.at} />,
  },
];

export const PostingTable = ({ postings }: { readonly postings: readonly Posting[] }) => (
  <DataTable
    label="Postings"
    rows={postings}
    columns={POSTING_COLUMNS}
    rowId={(posting) => posting.number}
    rowTestId="posting-row"
  />
);
