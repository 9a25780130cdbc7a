import type { ReplayDomain } from '../../../shared/http/ledger-explore.ts';
import { EVENTS, type EventKind } from '../../../shared/ledger/events.ts';
import type { Database } from '../../db/database.ts';
import { DatabaseError } from '../../db/database-error.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Replayable } from '../../ledger/rederive.ts';
import { MOST_REPLAYED, replay } from './replay.ts';
import { differenceOf, gridOf, statesOf } from './rules.ts';
import { countByFacet, countByTime, type FacetRow, readEntry, readMoment, readPeriod } from './store.ts';

export interface ExploreDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly replay: Readonly<Record<ReplayDomain, () => Replayable>>;
  /** Entries that one answer reads at most. */
  readonly mostReplayed?: number;
}

export type ExploreHandlers = Pick<
  Handlers,
  'ledger.histogram' | 'ledger.facets' | 'ledger.entry' | 'ledger.asOf' | 'ledger.difference'
>;

/** PostgreSQL ended the statement at its limit. */
const QUERY_CANCELED = '57014';

/** Every statement has its limit; whoever met it is told how to ask for less. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof DatabaseError) || cause.state !== QUERY_CANCELED) throw cause;
    const advice = 'The log is too long to count all of this in time: choose a time range or another filter.';
    throw new HttpError('unavailable', advice, { cause });
  }
}

const facetOf = (rows: readonly FacetRow[], facet: FacetRow['facet']) =>
  rows.filter((row) => row.facet === facet).map(({ value, name, count }) => ({ value, name, count }));

function categoriesOf(kinds: readonly FacetRow[]) {
  const counts = new Map<(typeof EVENTS)[EventKind]['category'], number>();
  for (const { value, count } of kinds) {
    const { category } = EVENTS[value as EventKind];
    counts.set(category, (counts.get(category) ?? 0) + count);
  }
  return [...counts]
    .map(([value, count]) => ({ value, name: null, count }))
    .sort((a, b) => b.count - a.count);
}

async function momentOf(db: Database['kysely'], number: number) {
  const found = await readMoment(db, number);
  if (!found) throw new HttpError('not_found', `no entry has the number ${number} yet`);
  return found;
}

/** What stands in the log, counted, and what it says of the past. */
export function exploreHandlers({
  db: { kysely },
  replay: domains,
  mostReplayed: most = MOST_REPLAYED,
}: ExploreDeps): ExploreHandlers {
  const toldAt = (domain: ReplayDomain, moments: readonly number[]) =>
    inTime(replay({ db: kysely, state: domains[domain](), moments, most }));
  return {
    'ledger.histogram': async ({ query: { buckets: atMost, ...filter } }) => {
      const period = await inTime(readPeriod(kysely, filter));
      if (!period) return { status: 200, body: { total: 0, widthSeconds: 0, buckets: [] } };
      const grid = gridOf(period.first, period.last, atMost);
      const counts = await inTime(countByTime(kysely, filter, grid));
      const buckets = Array.from({ length: grid.count }, (_, place) => ({
        at: new Date((grid.start + place * grid.width) * 1000).toISOString(),
        count: counts.get(place) ?? 0,
      }));
      const total = buckets.reduce((sum, { count }) => sum + count, 0);
      return { status: 200, body: { total, widthSeconds: grid.width, buckets } };
    },
    'ledger.facets': async ({ query: { top, ...filter } }) => {
      const rows = await inTime(countByFacet(kysely, filter, top));
      const kinds = rows.filter(({ facet }) => facet === 'kind');
      const [kind, actor, agent] = [
        facetOf(kinds.slice(0, top), 'kind'),
        facetOf(rows, 'actor'),
        facetOf(rows, 'agent'),
      ];
      const total = kinds.reduce((sum, { count }) => sum + count, 0);
      return { status: 200, body: { total, category: categoriesOf(kinds), kind, actor, agent } };
    },
    'ledger.entry': async ({ params: { number } }) => {
      const entry = await readEntry(kysely, number);
      if (!entry) throw new HttpError('not_found', `no entry has the number ${number} yet`);
      return { status: 200, body: entry };
    },
    'ledger.asOf': async ({ query: { number, domain, ...shown } }) => {
      const moment = await momentOf(kysely, number);
      const [told = new Map()] = await toldAt(domain, [number]);
      return { status: 200, body: { moment, ...statesOf(told, shown) } };
    },
    'ledger.difference': async ({ query: { from, to, domain, ...shown } }) => {
      if (from > to) throw new HttpError('bad_request', 'the first moment is to be the earlier one');
      const moments = { from: await momentOf(kysely, from), to: await momentOf(kysely, to) };
      const [earlier = new Map(), later = new Map()] = await toldAt(domain, [from, to]);
      return { status: 200, body: { ...moments, ...differenceOf(earlier, later, shown) } };
    },
  };
}
