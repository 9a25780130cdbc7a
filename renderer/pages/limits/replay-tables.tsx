import type { ReplayAnswer } from '../../../shared/http/limit-replay.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { clock } from './chart.tsx';

type Step = ReplayAnswer['steps'][number];
type Subject = ReplayAnswer['subjects'][number];

const right = { className: 'text-right tabular-nums whitespace-nowrap' };

const figure = <T,>(id: string, header: string, of: (row: T) => number): Column<T> => ({
  id,
  header,
  accessorFn: of,
  meta: right,
  cell: ({ row }) => formatCount(of(row.original)),
});

const minute = (at: string): string => clock(Date.parse(at)).slice(0, 5);

const STEPS: Column<Step>[] = [
  { id: 'at', header: 'Minute', accessorFn: (s) => s.at, cell: ({ row }) => minute(row.original.at) },
  figure('asked', 'Asked', (s) => s.asked),
  figure('peak', 'Fullest window', (s) => s.peak),
  figure('current', 'Refused by the current limit', (s) => s.refusedByCurrent),
  figure('proposed', 'Refused by the proposed limit', (s) => s.refusedByProposed),
];

const whenOf = ({ firstRefusedAt, lastRefusedAt }: Subject): string =>
  firstRefusedAt && lastRefusedAt
    ? `${clock(Date.parse(firstRefusedAt))} to ${clock(Date.parse(lastRefusedAt))}`
    : 'never';

const SUBJECTS: Column<Subject>[] = [
  {
    id: 'subject',
    header: 'For whom',
    accessorFn: (s) => s.subject,
    cell: ({ row }) => <span className="font-mono text-small">{row.original.subject}</span>,
  },
  figure('asked', 'Asked', (s) => s.asked),
  figure('peak', 'Fullest window', (s) => s.peak),
  figure('current', 'Refused by the current limit', (s) => s.refusedByCurrent),
  figure('proposed', 'Refused by the proposed limit', (s) => s.refusedByProposed),
  {
    id: 'when',
    header: 'When',
    accessorFn: (s) => s.firstRefusedAt ?? '',
    meta: right,
    cell: ({ row }) => whenOf(row.original),
  },
];

/** The minutes behind the picture; quiet ones are left out, they say nothing. */
export const ReplayMinutes = ({ replayed }: { readonly replayed: ReplayAnswer }) => (
  <div className="h-[200px] overflow-auto">
    <DataTable
      label="The last hour by the minute"
      rows={replayed.steps.filter(({ asked, peak }) => asked + peak > 0)}
      columns={STEPS}
      rowId={(s) => s.at}
      rowTestId="replay-minute"
    />
  </div>
);

export const ReplaySubjects = ({ replayed }: { readonly replayed: ReplayAnswer }) => (
  <DataTable
    label="Who would have been refused"
    rows={replayed.subjects}
    columns={SUBJECTS}
    rowId={(s, index) => `${s.subject} ${index}`}
    rowTestId="replay-subject"
  />
);
