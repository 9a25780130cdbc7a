import { useMemo, useState } from 'react';
import type { KeyVelocity } from '../../../shared/http/tokenhall-admin.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatRate } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { ALERT_FACTOR, formatCredits, paceOf, pointsOf, type SpendPoint } from './use-traffic.ts';
import { agoOf, VelocityChart } from './velocity-chart.tsx';

const right = { className: 'text-right font-mono text-small tabular-nums whitespace-nowrap' };

const MINUTE_COLUMNS: Column<SpendPoint>[] = [
  { id: 'ago', header: 'Minute', accessorFn: (p) => p.ago, cell: ({ row }) => agoOf(row.original.ago) },
  {
    id: 'credits',
    header: 'Credits',
    accessorFn: (p) => p.credits,
    meta: right,
    cell: ({ row }) => row.original.exact,
  },
];

const amount = (id: 'lastMinute' | 'lastHour' | 'held', header: string): Column<KeyVelocity> => ({
  id,
  header,
  accessorFn: (key) => Number(key[id]),
  meta: right,
  cell: ({ row }) => row.original[id],
});

const columnsFor = (chosen: string | undefined, onChoose: (id: string) => void): Column<KeyVelocity>[] => [
  {
    id: 'key',
    header: 'Key',
    accessorFn: (key) => key.label,
    cell: ({ row }) => (
      <Button
        kind="link"
        small
        className="-ml-2"
        aria-pressed={row.original.keyId === chosen}
        onClick={() => onChoose(row.original.keyId)}
      >
        {row.original.label} <code className="font-mono text-faint">{row.original.displayPrefix}…</code>
      </Button>
    ),
  },
  {
    id: 'pace',
    header: 'Pace',
    accessorFn: (key) => paceOf(key).factor ?? -1,
    cell: ({ row }) => {
      const { tone, word, factor } = paceOf(row.original);
      return (
        <span className="flex items-center gap-2 whitespace-nowrap">
          <State tone={tone} word={word} />
          {factor === null ? null : (
            <span className="text-faint tabular-nums">{formatRate(factor)} × its baseline</span>
          )}
        </span>
      );
    },
  },
  amount('lastMinute', 'Last minute'),
  amount('lastHour', 'Last hour'),
  {
    id: 'baseline',
    header: 'Usual an hour',
    accessorFn: (key) => Number(key.hourlyBaseline ?? -1),
    meta: right,
    cell: ({ row }) =>
      row.original.hourlyBaseline ?? <span className="font-sans text-faint">not known yet</span>,
  },
  amount('held', 'Held'),
  {
    id: 'limit',
    header: 'Spent of limit',
    accessorFn: (key) => Number(key.spent),
    meta: right,
    cell: ({ row }) => (
      <>
        {row.original.spent}
        <span className="text-faint"> / {row.original.spendLimit ?? 'no limit'}</span>
      </>
    ),
  },
];

const VIEWS = [
  { value: 'chart', label: 'Chart' },
  { value: 'table', label: 'Table' },
] as const;

/** One key over the last hour, as a picture and as the numbers behind it. */
function Hour({ velocity }: { readonly velocity: KeyVelocity }) {
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const points = useMemo(() => pointsOf(velocity), [velocity]);
  const { threshold } = paceOf(velocity);
  const says =
    threshold === null
      ? 'no baseline yet, so no threshold'
      : `alert above ${formatCredits(threshold)} an hour: ${formatCredits(threshold / 60)} a minute`;
  return (
    <Section
      title={`Credits a minute, ${velocity.label}`}
      testId="velocity-hour"
      aside={
        <span className="flex items-center gap-4">
          <span>{says}</span>
          <Segments label="Show spend as" value={view} options={VIEWS} onChange={setView} />
        </span>
      }
    >
      {view === 'chart' ? (
        <VelocityChart points={points} threshold={threshold === null ? null : threshold / 60} />
      ) : (
        <div className="h-[232px] overflow-auto">
          <DataTable
            label="Credits a minute"
            rows={points}
            columns={MINUTE_COLUMNS}
            rowId={(point) => String(point.ago)}
            rowTestId="minute-row"
            initialSort={[{ id: 'ago', desc: false }]}
          />
        </div>
      )}
    </Section>
  );
}

/** The key to look at first: the one that is furthest above what is usual for it. */
const mostUnusual = (keys: readonly KeyVelocity[]): KeyVelocity | undefined =>
  [...keys].sort((a, b) => (paceOf(b).factor ?? -1) - (paceOf(a).factor ?? -1))[0];

interface VelocityProps {
  readonly keys: readonly KeyVelocity[];
  readonly chosen: string | null;
  readonly onChoose: (keyId: string) => void;
}

/** What each key spends, against its own baseline. */
export function Velocity({ keys, chosen, onChoose }: VelocityProps) {
  const shown = keys.find((key) => key.keyId === chosen) ?? mostUnusual(keys);
  const columns = useMemo(() => columnsFor(shown?.keyId, onChoose), [shown?.keyId, onChoose]);
  if (!shown)
    return (
      <Section title="Spend of keys" testId="velocity">
        <p className="py-3 text-body text-soft">No key has spent anything in the last day.</p>
      </Section>
    );
  return (
    <>
      <Section
        title="Spend of keys"
        aside={`credits; an alert above ${ALERT_FACTOR} times the key’s own hourly baseline`}
        testId="velocity"
      >
        <div className="overflow-x-auto">
          <DataTable
            label="Spend of keys"
            rows={keys}
            columns={columns}
            rowId={(key) => key.keyId}
            rowTestId="velocity-row"
            initialSort={[{ id: 'pace', desc: true }]}
          />
        </div>
      </Section>
      <Hour velocity={shown} />
    </>
  );
}
