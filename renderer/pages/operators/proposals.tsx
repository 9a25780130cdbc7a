import { useState } from 'react';
import type { Proposal } from '../../../shared/http/proposal.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatDuration } from '../../ui/format.ts';
import { Fingerprint } from '../../ui/hash.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { whyNotSign } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { ApproveProposal } from './approve.tsx';
import { CarryProposal } from './carried.tsx';
import { STATE_TONE, subjectOf, summaryOf, titleOf, whyNotApprove } from './rules.ts';
import { useProposals } from './use-operators.ts';
import { WithdrawProposal } from './withdraw.tsx';

function Left({ proposal }: { readonly proposal: Proposal }) {
  const now = useNow();
  if (proposal.state !== 'open')
    return proposal.closedAt ? <RelativeTime at={proposal.closedAt} now={now} /> : null;
  const left = Date.parse(proposal.content.expiresAt) - now;
  return <span className="tabular-nums">{left > 0 ? `${formatDuration(left)} left` : 'expired'}</span>;
}

const Signer = ({ by }: { readonly by: Proposal['proposed'] }) => (
  <span className="flex items-center gap-2" title={by.keyId}>
    <Fingerprint text={by.keyId} height={16} />
    {by.name}
    {by.valid ? null : <State tone="bad" word="signature does not verify" />}
    {by.keyState === 'retired' ? <span className="text-faint text-small">key retired</span> : null}
  </span>
);

type Chosen = { readonly act: 'approve' | 'carry' | 'withdraw'; readonly proposal: Proposal };

const columnsFor = (
  whyNot: (proposal: Proposal) => string | null,
  whyNotWithdraw: string | null,
  choose: (chosen: Chosen) => void,
): Column<Proposal>[] => [
  {
    id: 'what',
    header: 'Proposed action',
    accessorFn: titleOf,
    cell: ({ row }) => (
      <span className="flex flex-col py-1">
        <span>{titleOf(row.original)}</span>
        <span className="text-small text-soft">
          {summaryOf(row.original)} <code className="font-mono text-faint">{subjectOf(row.original)}</code>
        </span>
      </span>
    ),
  },
  {
    id: 'first',
    header: 'First signature',
    accessorFn: (p) => p.proposed.name,
    cell: ({ row }) => <Signer by={row.original.proposed} />,
  },
  {
    id: 'second',
    header: 'Second signature',
    accessorFn: (p) => p.approved?.name ?? '',
    cell: ({ row }) =>
      row.original.approved ? (
        <span className="flex flex-col">
          <Signer by={row.original.approved} />
          {row.original.approved.carriedBy === null ? null : (
            <span className="text-faint text-small">brought by {row.original.approved.carriedBy}</span>
          )}
        </span>
      ) : (
        <span className="text-faint">
          {row.original.state === 'open' ? 'waits for another person' : 'none'}
        </span>
      ),
  },
  {
    id: 'state',
    header: 'State',
    accessorFn: (p) => p.state,
    cell: ({ row }) => (
      <State
        tone={STATE_TONE[row.original.state]}
        word={row.original.state}
        title={row.original.closedReason ?? undefined}
      />
    ),
  },
  {
    id: 'left',
    header: 'Time',
    accessorFn: (p) => p.content.expiresAt,
    cell: ({ row }) => <Left proposal={row.original} />,
  },
  {
    id: 'acts',
    header: '',
    enableSorting: false,
    meta: { className: 'text-right whitespace-nowrap' },
    cell: ({ row: { original } }) =>
      original.state === 'open' ? (
        <span className="inline-flex items-center gap-2">
          <Button
            small
            kind={whyNot(original) === null ? 'primary' : 'plain'}
            onClick={() => choose({ act: 'approve', proposal: original })}
          >
            {whyNot(original) === null ? 'Review and approve' : 'Read'}
          </Button>
          <Button small onClick={() => choose({ act: 'carry', proposal: original })}>
            By file…
          </Button>
          <Button
            small
            disabled={whyNotWithdraw !== null}
            title={whyNotWithdraw ?? undefined}
            onClick={() => choose({ act: 'withdraw', proposal: original })}
          >
            Withdraw
          </Button>
        </span>
      ) : null,
  },
];

const VIEWS = [
  { value: 'open', label: 'Pending' },
  { value: 'all', label: 'All' },
] as const;

interface ProposalsProps {
  readonly enrolment: EnrolmentStatus | undefined;
  readonly onExecuted: () => void;
}

/** What waits for a second person, and what became of the others. */
export function Proposals({ enrolment, onExecuted }: ProposalsProps) {
  const [view, setView] = useState<'open' | 'all'>('open');
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const proposals = useProposals(view === 'open');
  const whyNotWithdraw = whyNotSign(enrolment, 'proposals.withdraw');
  const columns = columnsFor((one) => whyNotApprove(enrolment, one), whyNotWithdraw, setChosen);
  const close = () => setChosen(null);
  const settled = () => {
    proposals.retry();
    onExecuted();
  };
  return (
    <Section
      title={view === 'open' ? 'Pending proposals' : 'Proposals'}
      testId="proposals"
      aside={<Segments label="Proposals shown" value={view} options={VIEWS} onChange={setView} />}
    >
      <RemoteValue
        remote={proposals}
        what="the proposals"
        skeleton={<SkeletonRows rows={2} waitingFor="the proposals" />}
      >
        {({ proposals: list }) =>
          list.length > 0 ? (
            <DataTable
              label="Proposals"
              rows={list}
              columns={columns}
              rowId={(one) => one.id}
              rowTestId="proposal-row"
            />
          ) : (
            <p className="py-3 text-body text-soft" data-testid="no-proposals">
              Nothing waits for a second person.
            </p>
          )
        }
      </RemoteValue>
      {chosen?.act === 'approve' ? (
        <ApproveProposal
          proposal={chosen.proposal}
          blocked={whyNotApprove(enrolment, chosen.proposal)}
          onClose={close}
          onSettled={settled}
        />
      ) : null}
      {chosen?.act === 'carry' ? (
        <CarryProposal
          proposal={chosen.proposal}
          blocked={whyNotSign(enrolment, 'proposals.deliver')}
          onClose={close}
          onSettled={settled}
        />
      ) : null}
      {chosen?.act === 'withdraw' ? (
        <WithdrawProposal proposal={chosen.proposal} onClose={close} onSettled={settled} />
      ) : null}
    </Section>
  );
}
