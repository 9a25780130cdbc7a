import { sql } from 'kysely';
import type { Database, Tx } from '../../db/database.ts';
import type { HandoverRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  ...(['id', 'handed', 'note', 'digest', 'given_at', 'given_by', 'given_by_name'] as const),
  ...(['taken_at', 'taken_by', 'taken_by_name'] as const),
];

/** Newest first. */
export const listHandovers = (db: Reader, limit: number): Promise<HandoverRow[]> =>
  db.selectFrom('handovers').select(columns).orderBy('id', 'desc').limit(limit).execute();

export const lockHandover = (tx: Tx, id: string): Promise<HandoverRow | undefined> =>
  tx.selectFrom('handovers').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();

export async function newestHandover(db: Reader): Promise<string | undefined> {
  const row = await db.selectFrom('handovers').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return row?.id;
}

/** When somebody took a shift over for the last time. */
export async function lastTaken(db: Reader): Promise<Date | null> {
  const row = await db
    .selectFrom('handovers')
    .select((eb) => eb.fn.max('taken_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? null;
}

export const insertHandover = (
  tx: Tx,
  row: Omit<HandoverRow, 'taken_at' | 'taken_by' | 'taken_by_name'>,
): Promise<HandoverRow> =>
  tx.insertInto('handovers').values(row).returning(columns).executeTakeFirstOrThrow();

export const markTaken = (
  tx: Tx,
  id: string,
  by: { readonly at: Date; readonly id: string; readonly name: string },
): Promise<HandoverRow> =>
  tx
    .updateTable('handovers')
    .set({ taken_at: by.at, taken_by: by.id, taken_by_name: by.name })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

/** How often the log tells of each of these kinds since a time, the most frequent first. */
export async function countSince(db: Reader, kinds: readonly string[], since: Date) {
  const rows = await db
    .selectFrom('ledger_entries')
    .select(['kind', sql<string>`count(*)`.as('count'), sql<string>`max(number)`.as('last')])
    .where('kind', 'in', [...kinds])
    .where('at', '>=', since)
    .groupBy('kind')
    .orderBy(sql`count(*)`, 'desc')
    .orderBy('kind')
    .execute();
  return rows.map(({ kind, count, last }) => ({ kind, count: Number(count), lastNumber: Number(last) }));
}
