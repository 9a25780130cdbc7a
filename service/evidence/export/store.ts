import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { ExportQuery } from '../../../shared/http/ledger.ts';
import type { BundleEntry } from '../../../shared/ledger/bundle/write.ts';
import type { Database } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import { CONTENT_COLUMNS, contentOf } from '../../ledger/entry-row.ts';
import { type LedgerFilter, matching } from '../../ledger/store.ts';
import type { Reader } from '../store.ts';

export const filterOf = ({
  format: _format,
  withhold: _withhold,
  first: _first,
  end: _end,
  ...filter
}: ExportQuery): LedgerFilter => filter;

/** What a bundle shows. */
export interface Shown {
  readonly filter: LedgerFilter;
  /** Of these, and no other; null: all that the filter leaves. */
  readonly numbers: readonly number[] | null;
}

const shownOnly =
  ({ filter, numbers }: Shown) =>
  (eb: ExpressionBuilder<Schema, 'ledger_entries'>) =>
    numbers === null
      ? matching(filter)(eb)
      : eb.and([
          matching(filter)(eb),
          sql<SqlBool>`ledger_entries.number = ANY(${numbers.map(String)}::bigint[])`,
        ]);

/** Least and greatest number below `size` that the filter leaves, and how many there are; null when there is none. */
export async function readSpan(
  db: Reader,
  shown: Shown,
  size: number,
): Promise<{ first: number; last: number; count: number } | null> {
  const row = await db
    .selectFrom('ledger_entries')
    .select([sql<string | null>`min(number)`.as('first'), sql<string | null>`max(number)`.as('last')])
    .select(sql<string>`count(*)`.as('count'))
    .where('number', '<', String(size))
    .where(shownOnly(shown))
    .executeTakeFirstOrThrow();
  return row.first === null
    ? null
    : { first: Number(row.first), last: Number(row.last), count: Number(row.count) };
}

/** Rows that `ledger.list` would page through: waiting and numbered. */
export async function countRows(db: Pick<Database, 'kysely'>, filter: LedgerFilter): Promise<number> {
  const { rows } = await sql<{ count: string }>`SELECT
    (${db.kysely.selectFrom('ledger_staged').select(sql`count(*)`.as('n')).where(matching(filter))}) +
    (${db.kysely.selectFrom('ledger_entries').select(sql`count(*)`.as('n')).where(matching(filter))}) AS count`.execute(
    db.kysely,
  );
  return Number(rows[0]?.count ?? 0);
}

/** Entries [first, end) that the filter leaves, with what opens them. */
export async function readEntries(
  db: Reader,
  first: number,
  end: number,
  shown: Shown,
): Promise<BundleEntry[]> {
  const rows = await db
    .selectFrom('ledger_entries')
    .innerJoin('ledger_salts', 'ledger_salts.entry_id', 'ledger_entries.id')
    .select([...CONTENT_COLUMNS, 'number', 'leaf', 'salts'])
    .where('number', '>=', String(first))
    .where('number', '<', String(end))
    .where(shownOnly(shown))
    .orderBy('number')
    .execute();
  return rows.map((row) => {
    const { data, ...content } = contentOf(row);
    return {
      number: Number(row.number),
      leaf: row.leaf,
      salts: row.salts,
      entry: { ...content, data: { ...data } },
    };
  });
}
