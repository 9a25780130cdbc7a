import type { Tx } from '../db/database.ts';
import type { Reader } from './store.ts';

const columns = ['id', 'frozen_at', 'frozen_by', 'reason'] as const;

export interface FreezeRow {
  readonly id: string;
  readonly frozen_at: Date;
  readonly frozen_by: string;
  readonly reason: string;
}

/** The freeze in force, if there is one. */
export const readFreeze = (db: Reader): Promise<FreezeRow | undefined> =>
  db.selectFrom('spending_freezes').select(columns).where('lifted_at', 'is', null).executeTakeFirst();

/** Waits for the spends in flight, and then nothing is spent any more. @throws DatabaseError of `spending_freezes_one_at_a_time` */
export const insertFreeze = (
  tx: Tx,
  {
    id,
    at,
    by,
    reason,
  }: { readonly id: string; readonly at: Date; readonly by: string; readonly reason: string },
): Promise<FreezeRow> =>
  tx
    .insertInto('spending_freezes')
    .values({ id, frozen_at: at, frozen_by: by, reason })
    .returning(columns)
    .executeTakeFirstOrThrow();

/** @returns whether this freeze was in force */
export async function liftFreeze(
  tx: Tx,
  id: string,
  lift: { readonly at: Date; readonly by: string; readonly reason: string },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('spending_freezes')
    .set({ lifted_at: lift.at, lifted_by: lift.by, lift_reason: lift.reason })
    .where('id', '=', id)
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
