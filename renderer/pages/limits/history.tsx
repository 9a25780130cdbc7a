import { useMemo, useState } from 'react';
import type { LimitsState } from '../../../shared/http/limits.ts';
import { Segments } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount, formatRate } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { clock, RateChart } from './chart.tsx';
import { addressCeiling, ratesOf, sinceTraffic } from './use-limits.ts';

type Bucket = LimitsState['history'][number];

const right = { className: 'text-right tabular-nums' };

const COLUMNS: Column<Bucket>[] = [
  {
    id: 'at',
    header: 'From',
    accessorFn: (b) => b.at,
    cell: ({ row }) => clock(Date.parse(row.original.at)),
  },
  {
    id: 'allowed',
    header: 'Allowed',
    accessorFn: (b) => b.allowed,
    meta: right,
    cell: ({ row }) => formatCount(row.original.allowed),
  },
  {
    id: 'refused',
    header: 'Refused',
    accessorFn: (b) => b.refused,
    meta: right,
    cell: ({ row }) => formatCount(row.original.refused),
  },
];

const VIEWS = [
  { value: 'chart', label: 'Chart' },
  { value: 'table', label: 'Table' },
] as const;

const Legend = ({ ceiling }: { readonly ceiling: number | null }) => (
  <span className="flex items-center gap-4 text-soft text-small">
    <span className="flex items-center gap-1.5">
      <svg width="10" height="10" aria-hidden="true" className="text-faint">
        <rect width="10" height="10" fill="currentColor" />
      </svg>
      allowed
    </span>
    <span className="flex items-center gap-1.5">
      <svg width="10" height="10" aria-hidden="true" className="text-bad">
        <path d="M0 10 10 0M-2 6 6-2M4 12 12 4" stroke="currentColor" strokeWidth="2" />
      </svg>
      refused
    </span>
    {ceiling === null ? null : (
      <span className="flex items-center gap-1.5">
        <svg width="16" height="10" aria-hidden="true">
          <path d="M0 5H16" stroke="currentColor" strokeDasharray="4 3" />
        </svg>
        one address may send {formatRate(ceiling)}/s
      </span>
    )}
  </span>
);

/** Allowed and refused over time: as a picture, and as the numbers behind it. */
export function History({ state }: { readonly state: LimitsState }) {
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const points = useMemo(() => sinceTraffic(ratesOf(state)), [state]);
  return (
    <Section
      title="Requests over time"
      testId="limits-history"
      aside={
        <span className="flex items-center gap-4">
          {view === 'chart' ? (
            <Legend ceiling={addressCeiling(state)} />
          ) : (
            `in buckets of ${state.bucketSeconds} s`
          )}
          <Segments label="Show as" value={view} options={VIEWS} onChange={setView} />
        </span>
      }
    >
      {view === 'chart' ? (
        <RateChart points={points} ceiling={addressCeiling(state)} />
      ) : (
        <div className="h-[232px] overflow-auto">
          <DataTable
            label="Requests over time"
            rows={state.history}
            columns={COLUMNS}
            rowId={(bucket) => bucket.at}
            rowTestId="bucket-row"
            initialSort={[{ id: 'at', desc: true }]}
          />
        </div>
      )}
    </Section>
  );
}
