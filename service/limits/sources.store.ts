import { sql } from 'kysely';
import type { Database, Tx } from '../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** Adds to the rows of this minute, whoever else adds to them; in one order, so that nobody waits in a circle. */
export async function addSources(
  db: Reader,
  minute: Date,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  await sql`
    INSERT INTO refusal_sources (minute, subject, count)
    SELECT ${minute}::timestamptz, * FROM unnest(${rows.map(([subject]) => subject)}::text[],
      ${rows.map(([, count]) => count)}::bigint[])
    ON CONFLICT ON CONSTRAINT refusal_sources_once
      DO UPDATE SET count = refusal_sources.count + excluded.count`.execute(db);
}

/** The minutes before this one that nobody has told yet; they count as told from here on. */
export async function markTold(tx: Tx, before: Date): Promise<Date[]> {
  const rows = await tx
    .updateTable('refusal_sources')
    .set({ told: true })
    .where('minute', '<', before)
    .where('told', '=', false)
    .returning('minute')
    .execute();
  return [...new Set(rows.map(({ minute }) => minute.getTime()))]
    .sort((a, b) => a - b)
    .map((ms) => new Date(ms));
}

export interface Refused {
  readonly subject: string;
  readonly failures: number;
}

/** Who was refused at least so often between two minutes, both included; most often first. */
export async function mostRefused(
  tx: Tx,
  { from, until, atLeast }: { readonly from: Date; readonly until: Date; readonly atLeast: number },
): Promise<Refused[]> {
  const rows = await tx
    .selectFrom('refusal_sources')
    .select((eb) => ['subject', eb.fn.sum<string>('count').as('failures')])
    .where('minute', '>=', from)
    .where('minute', '<=', until)
    .groupBy('subject')
    .having((eb) => eb(eb.fn.sum('count'), '>=', atLeast))
    .orderBy('failures', 'desc')
    .orderBy('subject')
    .execute();
  return rows.map(({ subject, failures }) => ({ subject, failures: Number(failures) }));
}

export const deleteSourcesBefore = (tx: Tx, minute: Date): Promise<unknown> =>
  tx.deleteFrom('refusal_sources').where('minute', '<', minute).execute();
