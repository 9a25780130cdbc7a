import type { CorrelationFlag } from '../../../shared/http/market-admin.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { AgentName } from './words.tsx';

function When({ at }: { readonly at: string }) {
  return <RelativeTime at={at} now={useNow()} />;
}

/** The figures that raised a flag, as a title. */
const figures = ({ evidence }: CorrelationFlag): string | undefined =>
  evidence
    ? Object.entries(evidence)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')
    : undefined;

interface FlagTableProps {
  readonly flags: readonly CorrelationFlag[];
  readonly whyNotLift: string | null;
  readonly onLift: (flag: CorrelationFlag) => void;
}

const columns = ({ whyNotLift, onLift }: FlagTableProps): Column<CorrelationFlag>[] => [
  {
    id: 'state',
    header: 'State',
    accessorFn: (flag) => flag.liftedAt ?? '',
    cell: ({ row: { original } }) =>
      original.liftedAt ? (
        <State tone="absent" word="lifted" title={original.liftedWhy ?? undefined} />
      ) : (
        <State tone="warn" word="in force" />
      ),
  },
  {
    id: 'agent',
    header: 'Agent',
    accessorFn: (flag) => flag.agent,
    cell: ({ row }) => <AgentName id={row.original.agent} />,
  },
  {
    id: 'other',
    header: 'With',
    accessorFn: (flag) => flag.other,
    cell: ({ row }) => <AgentName id={row.original.other} />,
  },
  {
    id: 'why',
    header: 'Because',
    enableSorting: false,
    meta: { className: 'max-w-[280px] truncate' },
    cell: ({ row: { original } }) => (
      <span title={figures(original) ?? original.reason}>
        {original.source === 'behaviour' ? 'behaviour: ' : ''}
        {original.reason}
      </span>
    ),
  },
  {
    id: 'at',
    header: 'Raised',
    accessorFn: (flag) => flag.raisedAt,
    meta: { className: 'whitespace-nowrap' },
    cell: ({ row }) => <When at={row.original.raisedAt} />,
  },
  {
    id: 'lift',
    header: '',
    enableSorting: false,
    meta: { className: 'text-right' },
    cell: ({ row: { original } }) =>
      original.liftedAt ? null : (
        <Button
          small
          disabled={whyNotLift !== null}
          title={whyNotLift ?? undefined}
          aria-label={`Lift ${original.id}`}
          onClick={() => onLift(original)}
        >
          Lift
        </Button>
      ),
  },
];

export const FlagTable = (props: FlagTableProps) => (
  <DataTable
    label="Correlation flags"
    rows={props.flags}
    columns={columns(props)}
    rowId={(flag) => flag.id}
    rowTestId="flag-row"
  />
);
