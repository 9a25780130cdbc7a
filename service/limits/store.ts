import { sql } from 'kysely';
import type { Database, Tx } from '../db/database.ts';
import type { Outage } from './outages.ts';
import type { Refusal } from './refusals.ts';

export type Signal = Refusal & { readonly minute: Date; readonly count: number; readonly subjects: number };

/** Adds to the row of this minute and reason, whoever else adds to it. */
export const addSignal = (db: Pick<Database, 'kysely'>, signal: Signal) =>
  db.kysely
    .insertInto('refusal_signals')
    .values(signal)
    .onConflict((oc) =>
      oc.constraint('refusal_signals_once').doUpdateSet({
        count: sql<number>`refusal_signals.count + excluded.count`,
        subjects: sql<number>`refusal_signals.subjects + excluded.subjects`,
      }),
    )
    .execute();

/** Takes the rows of earlier minutes out of the table. */
export const takeSignalsBefore = (tx: Tx, minute: Date) =>
  tx
    .deleteFrom('refusal_signals')
    .where('minute', '<', minute)
    .returning(['minute', 'kind', 'reason', 'plane', 'count', 'subjects'])
    .execute();

/** @returns whether it was not known before */
export async function insertOutage(tx: Tx, { id, since, reason }: Outage): Promise<boolean> {
  const rows = await tx
    .insertInto('limiter_outages')
    .values({ id, began_at: since, reason, ended_at: null })
    .onConflict((oc) => oc.column('id').doNothing())
    .returning('id')
    .execute();
  return rows.length > 0;
}

/** @returns whether it was open until now */
export async function endOutage(tx: Tx, id: string, until: Date): Promise<boolean> {
  const rows = await tx
    .updateTable('limiter_outages')
    .set({ ended_at: until })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute();
  return rows.length > 0;
}
