import { useState } from 'react';
import { type LimitScope, type LimitsState, limitScope } from '../../../shared/http/limits.ts';
import { Segments } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount, formatRate } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';
import { Section } from '../../ui/section.tsx';
import { SCOPE_WORD } from './use-limits.ts';

type Window = LimitsState['windows'][number];

const right = { className: 'text-right tabular-nums whitespace-nowrap' };

const subject: Column<Window> = {
  id: 'subject',
  header: 'Subject',
  accessorFn: (w) => w.subject,
  cell: ({ row }) => <span className="font-mono text-small">{row.original.subject}</span>,
};

const scope: Column<Window> = {
  id: 'scope',
  header: 'Kind',
  accessorFn: (w) => w.scope,
  meta: { className: 'w-20 text-soft' },
  cell: ({ row }) => SCOPE_WORD[row.original.scope],
};

const refused: Column<Window> = {
  id: 'refused',
  header: 'Refused',
  accessorFn: (w) => w.refused,
  meta: right,
  cell: ({ row }) => formatCount(row.original.refused),
};

const WINDOW_COLUMNS: Column<Window>[] = [
  {
    ...scope,
    meta: { className: 'whitespace-nowrap text-soft' },
    cell: ({ row }) => (
      <>
        {SCOPE_WORD[row.original.scope]}
        <span className="text-faint">, {row.original.windowSeconds} s</span>
      </>
    ),
  },
  subject,
  {
    id: 'used',
    header: 'Used of limit',
    accessorFn: (w) => w.used / w.limit,
    meta: { className: 'w-[45%]' },
    cell: ({ row }) => (
      <Meter
        label={`Window of ${row.original.subject}`}
        used={row.original.used}
        limit={row.original.limit}
      />
    ),
  },
  refused,
  {
    id: 'reset',
    header: 'Resets in',
    accessorFn: (w) => w.resetSeconds,
    meta: right,
    cell: ({ row }) => `${formatRate(row.original.resetSeconds)} s`,
  },
];

/** Truncated addresses may coincide, so the place counts too. */
const idOf = (window: Window, index: number): string => `${window.scope} ${window.subject} ${index}`;

const SCOPES = [
  { value: 'all', label: 'All' },
  ...limitScope.options.map((scope) => ({ value: scope, label: SCOPE_WORD[scope] })),
] as const;

/** The windows that are fullest now, of one scope or of all. */
export function Windows({ windows }: { readonly windows: readonly Window[] }) {
  const [scope, setScope] = useState<LimitScope | 'all'>('all');
  const shown = windows.filter((window) => scope === 'all' || window.scope === scope);
  return (
    <Section
      title="Current windows"
      aside={
        <span className="flex items-center gap-4">
          fullest first, at most 50
          <Segments label="Windows of" value={scope} options={SCOPES} onChange={setScope} />
        </span>
      }
      testId="limits-windows"
    >
      {shown.length > 0 ? (
        <DataTable
          label="Current windows"
          rows={shown}
          columns={WINDOW_COLUMNS}
          rowId={idOf}
          rowTestId="window-row"
        />
      ) : (
        <p className="py-3 text-body text-soft">No request is inside such a window right now.</p>
      )}
    </Section>
  );
}

const TALKERS = 8;

const rateOf = (window: Window): number => window.used / window.windowSeconds;

const TALKER_COLUMNS: Column<Window>[] = [
  scope,
  subject,
  {
    id: 'rate',
    header: 'Requests',
    accessorFn: rateOf,
    meta: right,
    cell: ({ row }) => (
      <>
        {formatRate(rateOf(row.original))}
        <span className="text-faint"> /s</span>
      </>
    ),
  },
  refused,
];

/** Who sends most, by what was let through in its own window. */
export function TopTalkers({ windows }: { readonly windows: readonly Window[] }) {
  const talkers = [...windows].sort((a, b) => rateOf(b) - rateOf(a)).slice(0, TALKERS);
  return (
    <Section title="Top talkers" aside="requests allowed a second" testId="limits-talkers">
      {talkers.length > 0 ? (
        <DataTable
          label="Top talkers"
          rows={talkers}
          columns={TALKER_COLUMNS}
          rowId={idOf}
          rowTestId="talker-row"
        />
      ) : (
        <p className="py-3 text-body text-soft">Nobody is sending.</p>
      )}
    </Section>
  );
}
