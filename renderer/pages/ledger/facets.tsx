import { memo } from 'react';
import type { LedgerFacets } from '../../../shared/http/ledger-explore.ts';
import { useCall } from '../../bridge/use-remote.ts';
import { useStores } from '../../stores/stores.tsx';
import type { LedgerFilter } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatCount } from '../../ui/format.ts';
import { State } from '../../ui/state.tsx';
import { queryOf } from './filter.ts';
import { OVERVIEW_MS } from './histogram.tsx';

const FACETS = [
  { facet: 'category', title: 'Category' },
  { facet: 'kind', title: 'Kind' },
  { facet: 'actor', title: 'Actor' },
  { facet: 'agent', title: 'Agent' },
] as const;

interface FacetProps {
  readonly title: string;
  readonly chosen: string;
  readonly values: LedgerFacets['kind'];
  readonly onChoose: (value: string) => void;
}

/** Values of one field with their counts; choosing one narrows the list, choosing it again widens it. */
function Facet({ title, chosen, values, onChoose }: FacetProps) {
  return (
    <section aria-label={`By ${title.toLowerCase()}`} className="py-1.5">
      <h3 className="px-4 font-medium text-faint text-small">{title}</h3>
      {values.length === 0 ? <p className="px-4 text-faint text-small">none</p> : null}
      <ul>
        {values.map(({ value, name, count }) => (
          <li key={value}>
            <button
              type="button"
              aria-pressed={value === chosen}
              title={value}
              onClick={() => onChoose(value === chosen ? '' : value)}
              className={cx(
                'flex h-6 w-full items-center justify-between gap-2 px-4 text-small',
                value === chosen ? 'bg-selected font-medium text-ink' : 'text-soft hover:bg-hover',
              )}
            >
              <span className="min-w-0 truncate">{name ?? value}</span>
              <span className="tabular-nums">{formatCount(count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the entries that the filter leaves are, who did them, and for whom. */
export const Facets = memo(function Facets({ filter }: { readonly filter: LedgerFilter }) {
  const { ui } = useStores();
  const query = { ...queryOf(filter), top: 8 };
  const { data, error, retry } = useCall('ledger.facets', { query }, { everyMs: OVERVIEW_MS });
  return (
    <aside
      aria-label="Facets"
      data-testid="ledger-facets"
      className="w-[216px] shrink-0 overflow-auto border-line border-r"
    >
      {!data && !error ? <State tone="busy" word="counting facets" className="px-4 py-2 text-small" /> : null}
      {error ? (
        <p className="flex flex-col items-start px-4 py-2 text-small" data-testid="facets-unread">
          <State tone="warn" word={data ? 'not the newest counts' : 'not counted'} />
          <span className="text-soft">{error.message}</span>
          <Button kind="link" small className="-ml-2" onClick={retry}>
            Count again
          </Button>
        </p>
      ) : null}
      {data
        ? FACETS.map(({ facet, title }) => (
            <Facet
              key={facet}
              title={title}
              chosen={filter[facet]}
              values={data[facet]}
              onChoose={(value) => ui.filterLedger({ [facet]: value })}
            />
          ))
        : null}
    </aside>
  );
});
