import type { QueuedClaim } from '../../../shared/http/market-admin.ts';
import { Amount } from '../../ui/amount.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { AgentName, CLAIM_TONE, REVIEW, waitingFor } from './words.tsx';

function When({ at }: { readonly at: string }) {
  return <RelativeTime at={at} now={useNow()} />;
}

/** Where a claim stands with its reviewers, or what it waits for. */
function Standing({ claim }: { readonly claim: QueuedClaim }) {
  const seats = claim.reviews.length > 0 ? <Seats claim={claim} /> : null;
  if (!claim.waiting) return seats ?? <span className="text-faint">nothing submitted</span>;
  return (
    <span className="flex flex-col gap-0.5 py-1">
      {seats}
      <State
        tone={claim.waiting.for === 'reviewers' ? 'warn' : 'busy'}
        word={`waits for ${waitingFor(claim.waiting)}`}
      />
    </span>
  );
}

const Seats = ({ claim }: { readonly claim: QueuedClaim }) => (
  <span className="flex flex-wrap gap-x-3 gap-y-0.5">
    {claim.reviews.map((review) => (
      <State key={review.reviewer} {...REVIEW[review.state]} title={review.reviewer} />
    ))}
  </span>
);

const columns = (onOpen: (id: string) => void): Column<QueuedClaim>[] => [
  {
    id: 'state',
    header: 'State',
    accessorFn: (claim) => claim.state,
    meta: { className: 'w-28' },
    cell: ({ row }) => <State tone={CLAIM_TONE[row.original.state]} word={row.original.state} />,
  },
  {
    id: 'bounty',
    header: 'Bounty',
    enableSorting: false,
    meta: { className: 'max-w-[240px] truncate' },
    cell: ({ row: { original } }) => (
      <Button
        kind="quiet"
        small
        className="-ml-2 max-w-full"
        aria-label={`Draw of ${original.id}`}
        onClick={() => onOpen(original.id)}
      >
        <span className="truncate" title={original.bounty.title}>
          {original.bounty.title}
        </span>
      </Button>
    ),
  },
  {
    id: 'amount',
    header: 'Reward',
    enableSorting: false,
    meta: { className: 'text-right whitespace-nowrap' },
    cell: ({ row }) => <Amount value={row.original.bounty.amount} />,
  },
  {
    id: 'agent',
    header: 'Submitter',
    accessorFn: (claim) => claim.agentId,
    cell: ({ row }) => <AgentName id={row.original.agentId} />,
  },
  {
    id: 'reviews',
    header: 'Reviewers',
    enableSorting: false,
    cell: ({ row }) => <Standing claim={row.original} />,
  },
  {
    id: 'at',
    header: 'Submitted',
    accessorFn: (claim) => claim.submittedAt ?? '',
    meta: { className: 'text-right whitespace-nowrap' },
    cell: ({ row: { original } }) =>
      original.submittedAt ? <When at={original.submittedAt} /> : <span className="text-faint">not yet</span>,
  },
];

interface QueueProps {
  readonly claims: readonly QueuedClaim[];
  readonly onOpen: (id: string) => void;
}

export const QueueTable = ({ claims, onOpen }: QueueProps) => (
  <DataTable
    label="Claims"
    rows={claims}
    columns={columns(onOpen)}
    rowId={(claim) => claim.id}
    rowTestId="claim-row"
  />
);
