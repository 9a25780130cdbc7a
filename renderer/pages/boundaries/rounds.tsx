import type { ProbeRound } from '../../../shared/http/boundary-probes.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { ROUND_TONE } from './words.ts';

const right = { className: 'text-right tabular-nums' };

const columnsAt = (now: number): Column<ProbeRound>[] => [
  {
    id: 'state',
    header: 'Round',
    accessorFn: (round) => round.state,
    cell: ({ row }) => <State tone={ROUND_TONE[row.original.state]} word={row.original.state} />,
  },
  {
    id: 'at',
    header: 'Due',
    accessorFn: (round) => round.scheduledAt,
    cell: ({ row }) => <RelativeTime at={row.original.scheduledAt} now={now} />,
  },
  {
    id: 'cause',
    header: 'Because of',
    accessorFn: (round) => round.cause,
    cell: ({ row }) =>
      row.original.cause === 'demand' ? `demand of ${row.original.scheduledBy}` : 'schedule',
  },
  { id: 'held', header: 'Held', accessorFn: (round) => round.held, meta: right },
  { id: 'broken', header: 'Broken', accessorFn: (round) => round.broken, meta: right },
  { id: 'unavailable', header: 'Not available', accessorFn: (round) => round.unavailable, meta: right },
];

export function Rounds({ rounds }: { readonly rounds: readonly ProbeRound[] }) {
  const columns = columnsAt(useNow());
  return (
    <Section title="Rounds" aside="newest first" testId="probe-rounds">
      {rounds.length === 0 ? (
        <p className="py-3 text-body text-soft">
          No round has run yet. The first one runs two minutes after the service started, or when you ask for
          it.
        </p>
      ) : (
        <DataTable
          label="Rounds"
          rows={[...rounds]}
          columns={columns}
          rowId={({ id }) => id}
          rowTestId="round-row"
        />
      )}
    </Section>
  );
}
