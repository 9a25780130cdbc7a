import { sql } from 'kysely';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import type { Database } from '../../db/database.ts';
import { CONTENT_COLUMNS, entryOf } from '../../ledger/entry-row.ts';
import { type LedgerFilter, matching } from '../../ledger/store.ts';
import type { Grid } from './rules.ts';

type Log = Database['kysely'];

/** Times of the first and the last numbered entry that match, in milliseconds; null when there is none. */
export async function readPeriod(
  db: Log,
  filter: LedgerFilter,
): Promise<{ first: number; last: number } | null> {
  const { first, last } = await db
    .selectFrom('ledger_entries')
    .select([sql<Date | null>`min(at)`.as('first'), sql<Date | null>`max(at)`.as('last')])
    .where(matching(filter))
    .executeTakeFirstOrThrow();
  return first && last ? { first: first.getTime(), last: last.getTime() } : null;
}

/** Entries in each bucket that has any, by its place in the grid. */
export async function countByTime(
  db: Log,
  filter: LedgerFilter,
  { start, width }: Grid,
): Promise<ReadonlyMap<number, number>> {
  const place = sql<number>`floor((extract(epoch FROM at) - ${start}::bigint) / ${width}::bigint)::int`;
  const rows = await db
    .selectFrom('ledger_entries')
    .select([place.as('place'), sql<string>`count(*)`.as('count')])
    .where(matching(filter))
    .groupBy(sql`1`)
    .execute();
  return new Map(rows.map(({ place, count }) => [place, Number(count)]));
}

export interface FacetRow {
  readonly facet: 'kind' | 'actor' | 'agent';
  readonly value: string;
  readonly name: string | null;
  readonly count: number;
}

/** Every kind, and the most frequent actors and agents, in one pass over the entries that match. */
export async function countByFacet(db: Log, filter: LedgerFilter, top: number): Promise<FacetRow[]> {
  const counted = db
    .selectFrom('ledger_entries')
    .select([
      sql<FacetRow['facet']>`CASE WHEN grouping(kind) = 0 THEN 'kind' WHEN grouping(actor_id) = 0 THEN 'actor'
        ELSE 'agent' END`.as('facet'),
      sql<string | null>`coalesce(kind, actor_id, agent)`.as('value'),
      sql<string | null>`CASE WHEN grouping(actor_id) = 0 THEN max(actor_name) END`.as('name'),
      sql<string>`count(*)`.as('count'),
    ])
    .where(matching(filter))
    .groupBy(sql`GROUPING SETS ((kind), (actor_id), (agent))`);
  const ranked = db
    .selectFrom(counted.as('counted'))
    .selectAll()
    .select(sql<string>`row_number() OVER (PARTITION BY facet ORDER BY count DESC, value)`.as('place'))
    // Entries without an agent are a group of their own, and no value of the facet.
    .where('value', 'is not', null);
  const rows = await db
    .selectFrom(ranked.as('ranked'))
    .selectAll()
    .where((eb) => eb.or([eb('facet', '=', 'kind'), eb('place', '<=', String(top))]))
    .orderBy('place')
    .execute();
  return rows.map(({ facet, value, name, count }) => ({
    ...{ facet, value: value ?? '', name },
    count: Number(count),
  }));
}

export async function readEntry(db: Log, number: number): Promise<LedgerEntry | undefined> {
  const row = await db
    .selectFrom('ledger_entries')
    .select([...CONTENT_COLUMNS, 'leaf_hash'])
    .where('number', '=', String(number))
    .executeTakeFirst();
  return row && entryOf(row, { number, leafHash: row.leaf_hash });
}

export async function readMoment(
  db: Log,
  number: number,
): Promise<{ number: number; at: string } | undefined> {
  const row = await db
    .selectFrom('ledger_entries')
    .select('at')
    .where('number', '=', String(number))
    .executeTakeFirst();
  return row && { number, at: row.at.toISOString() };
}

/** How many entries of these kinds there are up to a number; `most` + 1 when there are more than `most`. */
export async function countKinds(
  db: Log,
  kinds: readonly string[],
  until: number,
  most: number,
): Promise<number> {
  const some = db
    .selectFrom('ledger_entries')
    .select('number')
    .where('kind', 'in', kinds)
    .where('number', '<=', String(until))
    .limit(most + 1);
  const { count } = await db
    .selectFrom(some.as('some'))
    .select(sql<string>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

export interface ToldRow {
  readonly number: string;
  readonly id: string;
  readonly kind: string;
  readonly actor_id: string;
  readonly agent: string | null;
  readonly data: string;
}

/** The next entries of these kinds after a number and up to another, in order: a page of each kind by its index, merged. */
export async function readKinds(
  db: Log,
  kinds: readonly string[],
  span: { readonly after: number; readonly until: number },
  limit: number,
): Promise<ToldRow[]> {
  const { rows } = await sql<ToldRow>`SELECT found.*
    FROM unnest(${[...kinds]}::text[]) AS wanted (kind)
    CROSS JOIN LATERAL (
      SELECT number, id, kind, actor_id, agent, data FROM ledger_entries
      WHERE ledger_entries.kind = wanted.kind AND number > ${String(span.after)}::bigint
        AND number <= ${String(span.until)}::bigint
      ORDER BY number LIMIT ${limit}
    ) AS found
    ORDER BY found.number LIMIT ${limit}`.execute(db);
  return rows;
}
