import type { PayerSession } from '../../../shared/http/payer-sessions.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Section } from '../../ui/section.tsx';
import { useNow } from '../../ui/use-now.ts';

function TimeLeft({ until }: { readonly until: string }) {
  const left = Date.parse(until) - useNow();
  return left > 0 ? formatDuration(left) : <span className="text-warn">over</span>;
}

const COLUMNS: Column<PayerSession>[] = [
  {
    ...{ id: 'purpose', header: 'Purpose', accessorFn: (session) => session.purpose },
    cell: ({ row }) => (
      <span className="flex flex-col">
        {row.original.purpose}
        <code className="font-mono text-faint text-small">{row.original.id}</code>
      </span>
    ),
  },
  {
    id: 'left',
    header: 'Signatures left',
    accessorFn: (session) => session.signatureAllowance - session.signaturesUsed,
    meta: { className: 'text-right tabular-nums w-[120px]' },
    cell: ({ getValue }) => formatCount(getValue() as number),
  },
  {
    ...{ id: 'used', header: 'Used', enableSorting: false, meta: { className: 'w-[240px]' } },
    cell: ({ row }) => (
      <Meter
        label={`Signatures of ${row.original.purpose}`}
        used={row.original.signaturesUsed}
        limit={row.original.signatureAllowance}
      />
    ),
  },
  {
    ...{ id: 'expires', header: 'Time left', accessorFn: (session) => session.expiresAt },
    meta: { className: 'text-right tabular-nums w-[120px]' },
    cell: ({ row }) => <TimeLeft until={row.original.expiresAt} />,
  },
];

/** How often and how long the payer's key may still sign. */
export const Sessions = ({ sessions }: { readonly sessions: readonly PayerSession[] }) => (
  <Section title="Sessions" aside="that can sign now" testId="sessions">
    {sessions.length > 0 ? (
      <DataTable
        label="Sessions"
        rows={sessions}
        columns={COLUMNS}
        rowId={(session) => session.id}
        rowTestId="session-row"
      />
    ) : (
      <EmptyState testId="no-sessions" title="No session can sign">
        <p>Tasks are still fetched, and whatever asks for a payment waits until a session is issued.</p>
      </EmptyState>
    )}
  </Section>
);
