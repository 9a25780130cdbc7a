import type { Approvals as Journal } from '../../../shared/ipc/custody.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Banner, EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import type { RunStep } from './use-custody.ts';

type Deed = Journal['deeds'][number];

const STATES = {
  whole: { tone: 'ok', word: 'whole' },
  damaged: { tone: 'bad', word: 'damaged' },
  unread: { tone: 'warn', word: 'not checked' },
} as const;

function At({ at }: Pick<Deed, 'at'>) {
  return <LocalTime at={at} now={useNow()} />;
}

const COLUMNS: Column<Deed>[] = [
  { id: 'line', header: 'Line', accessorFn: (deed) => deed.line, meta: { className: 'w-[70px]' } },
  {
    id: 'at',
    header: 'When',
    accessorFn: (deed) => deed.at,
    meta: { className: 'w-[170px]' },
    cell: ({ row }) => <At at={row.original.at} />,
  },
  { id: 'what', header: 'What', accessorFn: (deed) => deed.what },
  {
    id: 'to',
    header: 'To',
    accessorFn: (deed) => deed.to ?? '',
    meta: { className: 'max-w-[220px] truncate font-mono' },
    cell: ({ row: { original } }) => <span title={original.to ?? undefined}>{original.to ?? '—'}</span>,
  },
  {
    id: 'wallet',
    header: 'Wallet',
    accessorFn: (deed) => deed.wallet,
    meta: { className: 'max-w-[220px] truncate font-mono' },
    cell: ({ row: { original } }) => <span title={original.wallet}>{original.wallet}</span>,
  },
  {
    id: 'second',
    header: 'Approved by',
    accessorFn: (deed) => deed.second,
    cell: ({ row: { original } }) => <span title={original.thumbprint}>{original.second}</span>,
  },
];

function Rows({ journal }: { readonly journal: Journal }) {
  if (journal.deeds.length === 0)
    return journal.state === 'whole' ? (
      <EmptyState title="Nothing was approved yet">
        Each approval of a second operator that this console takes is a signed line here, before a key opens
        with it.
      </EmptyState>
    ) : null;
  return (
    <DataTable
      label="What second operators approved"
      rows={journal.deeds}
      columns={COLUMNS}
      rowId={(deed) => String(deed.line)}
      rowTestId="custody-approved"
    />
  );
}

interface Props {
  readonly journal: Journal;
  readonly run: RunStep;
  readonly busy: boolean;
}

/** What was done with wallets of two persons, and whether the journal of it is whole: whoever cut a line off it is seen here. */
export function Approvals({ journal, run, busy }: Props) {
  const { lines, deeds, trouble, state } = journal;
  return (
    <Section
      title="What second operators approved"
      testId="custody-approvals"
      aside={
        <span className="inline-flex items-center gap-3">
          <State {...STATES[state]} />
          <Button small disabled={busy} onClick={() => void run({ act: 'approved-deeds' })}>
            Save the journal
          </Button>
        </span>
      }
    >
      {trouble === null ? null : <Banner tone={state === 'damaged' ? 'bad' : 'warn'}>{trouble}</Banner>}
      <Rows journal={journal} />
      {lines > deeds.length ? (
        <p className="py-2 text-body text-soft">
          The last {deeds.length} of {lines}. The journal has all of them.
        </p>
      ) : null}
    </Section>
  );
}
