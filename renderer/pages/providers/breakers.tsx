import type { ProviderHealth } from '../../../shared/http/tokenhall-admin.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount, formatDuration, formatRate } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { BREAKER_SIGN } from './use-traffic.ts';

const right = { className: 'text-right tabular-nums whitespace-nowrap w-[88px]' };

/** The state of a breaker, since when, and what happens next. */
function Breaker({ breaker }: Pick<ProviderHealth, 'breaker'>) {
  const now = useNow();
  const { state, since, openedAt, retryAt, consecutiveFailures } = breaker;
  const left = retryAt === null ? null : Date.parse(retryAt) - now;
  return (
    <span className="flex items-center gap-2 whitespace-nowrap">
      <State {...BREAKER_SIGN[state]} />
      <span className="text-faint text-small">
        {openedAt === null ? (
          <RelativeTime at={since} now={now} />
        ) : (
          <>
            opened <RelativeTime at={openedAt} now={now} />
          </>
        )}
        {left !== null && left > 0 ? `, tries again in ${formatDuration(left)}` : null}
        {left !== null && left <= 0 ? ', the next request tries' : null}
        {consecutiveFailures > 0 ? `, ${formatCount(consecutiveFailures)} failures in a row` : ''}
      </span>
    </span>
  );
}

function Failure({ failure }: { readonly failure: ProviderHealth['lastFailure'] }) {
  const now = useNow();
  if (!failure) return <span className="text-faint">none</span>;
  return (
    <span className="flex gap-2 whitespace-nowrap">
      <span className="truncate" title={failure.reason}>
        {failure.reason}
      </span>
      <span className="text-faint">
        <RelativeTime at={failure.at} now={now} />
      </span>
    </span>
  );
}

const counted = (id: keyof ProviderHealth['calls'], header: string): Column<ProviderHealth> => ({
  id,
  header,
  accessorFn: (p) => p.calls[id],
  meta: right,
  cell: ({ row }) => formatCount(row.original.calls[id]),
});

const COLUMNS: Column<ProviderHealth>[] = [
  {
    id: 'provider',
    header: 'Provider',
    accessorFn: (p) => p.provider,
    cell: ({ row }) => (
      <span className="flex flex-col">
        {row.original.provider}
        <code className="break-all font-mono text-faint text-small">{row.original.baseUrl}</code>
      </span>
    ),
  },
  {
    id: 'breaker',
    header: 'Breaker',
    accessorFn: (p) => p.breaker.state,
    cell: ({ row }) => <Breaker breaker={row.original.breaker} />,
  },
  counted('succeeded', 'Succeeded'),
  counted('failed', 'Failed'),
  counted('refused', 'Refused'),
  counted('retried', 'Retried'),
  {
    id: 'first',
    header: 'First byte p50',
    accessorFn: (p) => p.firstByteP50 ?? -1,
    meta: right,
    cell: ({ row }) =>
      row.original.firstByteP50 === null ? (
        <span className="text-faint">not measured</span>
      ) : (
        `${formatRate(row.original.firstByteP50)} ms`
      ),
  },
  {
    id: 'failure',
    header: 'Last failure',
    accessorFn: (p) => p.lastFailure?.at ?? '',
    meta: { className: 'max-w-[280px]' },
    cell: ({ row }) => <Failure failure={row.original.lastFailure} />,
  },
];

/** Where requests may go, whether they go there now, and what came back. */
export const Breakers = ({ providers }: { readonly providers: readonly ProviderHealth[] }) => (
  <Section title="Providers and breakers" aside="this instance, since it started" testId="breakers">
    {providers.length > 0 ? (
      <div className="overflow-x-auto">
        <DataTable
          label="Providers and breakers"
          rows={providers}
          columns={COLUMNS}
          rowId={(provider) => provider.provider}
          rowTestId="provider-row"
        />
      </div>
    ) : (
      <p className="py-3 text-body text-soft">No provider is configured, so every generation is refused.</p>
    )}
  </Section>
);
