import type { LedgerAsOf, LedgerDifference, ToldFields } from '../../../shared/http/ledger-explore.ts';
import { type CallInput, ROUTE_IDS, routeOf } from '../../../shared/http/table.ts';
import { useCall } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { RemoteValue } from '../parts/remote.tsx';

type StateRow = LedgerAsOf['rows'][number];
type ChangeRow = LedgerDifference['rows'][number];

const written = (value: ToldFields[string] | undefined): string =>
  value === null || value === undefined || value === '' ? '–' : String(value);

const statement = (state: ToldFields, fields = Object.keys(state)): string =>
  fields.map((field) => `${field} ${written(state[field])}`).join(' · ');

const signedBy = (state: ToldFields | null): readonly string[] =>
  ROUTE_IDS.filter((id) => {
    const { signed, confinedTo } = routeOf(id).policy;
    return Array.isArray(signed) && signed.includes(state?.role) && confinedTo === undefined;
  });

const gained = (before: ToldFields | null, after: ToldFields | null): string => {
  const had = new Set(signedBy(before));
  return signedBy(after)
    .filter((id) => !had.has(id))
    .join(', ');
};

const MONO = 'font-mono text-small';

const columnsFor = <Row extends { readonly subject: string; readonly number: number }>(
  onEntry: (number: number) => void,
): Column<Row>[] => [
  {
    id: 'subject',
    header: 'Which',
    accessorFn: (row) => row.subject,
    cell: ({ row: { original } }) => <code className="select-all break-all">{original.subject}</code>,
    meta: { className: MONO },
  },
  {
    id: 'number',
    header: 'Last told by',
    accessorFn: (row) => row.number,
    cell: ({ row: { original } }) => (
      <Button kind="link" small onClick={() => onEntry(original.number)}>
        entry {formatCount(original.number)}
      </Button>
    ),
  },
];

const text = <Row,>(id: string, header: string, of: (row: Row) => string): Column<Row> => ({
  ...{ id, header, accessorFn: of, enableSorting: false },
  meta: { className: `${MONO} break-words` },
});

const Waiting = ({ what }: { readonly what: string }) => (
  <SkeletonRows rows={8} height={28} waitingFor={what} />
);

const Shown = ({ of, shown, at }: { readonly of: number; readonly shown: number; readonly at: string }) => (
  <p className="py-2 text-small text-soft" data-testid="as-of-note">
    {at}. {formatCount(of)} in all
    {shown < of ? `; these are the ${formatCount(shown)} that changed last. Name one to see another.` : '.'}
  </p>
);

const NothingTold = () => (
  <EmptyState testId="as-of-none" title="The log tells of none">
    <p>Choose a later entry, or clear the address or id.</p>
  </EmptyState>
);

interface StateProps {
  readonly query: NonNullable<CallInput<'ledger.asOf'>['query']>;
  readonly onEntry: (number: number) => void;
}

export function StateTable({ query, onEntry }: StateProps) {
  const remote = useCall('ledger.asOf', { query });
  return (
    <RemoteValue
      remote={remote}
      what="the state at this entry"
      skeleton={<Waiting what="the log up to this entry" />}
    >
      {({ moment, total, rows }) => (
        <>
          <Shown
            of={total}
            shown={rows.length}
            at={`After entry ${formatCount(moment.number)}, ${moment.at}`}
          />
          {rows.length === 0 ? (
            <NothingTold />
          ) : (
            <DataTable<StateRow>
              label="State at the entry"
              rows={rows}
              rowId={(row) => row.subject}
              rowTestId="as-of-row"
              columns={[
                ...columnsFor<StateRow>(onEntry),
                text('state', 'State', ({ state }) => statement(state)),
              ]}
            />
          )}
        </>
      )}
    </RemoteValue>
  );
}

/** What an operator could sign at one moment and not at the other, by the table of routes. */
const AUTHORITY: Column<ChangeRow>[] = [
  text('gained', 'May sign since', ({ before, after }) => gained(before, after)),
  text('lost', 'May sign no more', ({ before, after }) => gained(after, before)),
];

interface DifferenceProps {
  readonly query: NonNullable<CallInput<'ledger.difference'>['query']>;
  readonly onEntry: (number: number) => void;
}

export function DifferenceTable({ query, onEntry }: DifferenceProps) {
  const remote = useCall('ledger.difference', { query });
  return (
    <RemoteValue
      remote={remote}
      what="the difference"
      skeleton={<Waiting what="the log up to the later entry" />}
    >
      {({ from, to, total, rows }) => (
        <>
          <Shown
            of={total}
            shown={rows.length}
            at={`From ${formatCount(from.number)} (${from.at}) to ${formatCount(to.number)} (${to.at})`}
          />
          {rows.length === 0 ? (
            <NothingTold />
          ) : (
            <DataTable<ChangeRow>
              label="What changed"
              rows={rows}
              rowId={(row) => row.subject}
              rowTestId="difference-row"
              columns={[
                ...columnsFor<ChangeRow>(onEntry),
                ...(query.domain === 'operators' ? AUTHORITY : []),
                text('before', 'Before', ({ before, fields }) =>
                  before === null ? 'not told of yet' : statement(before, fields),
                ),
                text('after', 'After', ({ after, fields }) => statement(after, fields)),
              ]}
            />
          )}
        </>
      )}
    </RemoteValue>
  );
}
