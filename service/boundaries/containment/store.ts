import { sql } from 'kysely';
import type { Database, Tx } from '../../db/database.ts';
import type { ContainmentRow, Step, StepRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  ...(['id', 'kind', 'credential', 'name', 'reason', 'incident_id', 'operator_id', 'operator_name'] as const),
  ...(['ordered_at', 'finished_at', 'released_at'] as const),
];
const stepColumns = ['position', 'action', 'target', 'since', 'revoked', 'done_at'] as const;

export const insertContainment = (
  tx: Tx,
  order: Omit<ContainmentRow, 'finished_at' | 'released_at'>,
): Promise<ContainmentRow> =>
  tx.insertInto('containments').values(order).returning(columns).executeTakeFirstOrThrow();

export const insertSteps = (tx: Tx, containmentId: string, steps: readonly Step[]): Promise<unknown> =>
  tx
    .insertInto('containment_steps')
    .values(
      steps.map(({ action, target, since }, position) => ({
        ...{ containment_id: containmentId, position, action, target, since },
      })),
    )
    .execute();

/** A containment that is not finished, locked; one that somebody else has in hand is left to them. */
export const lockRunning = (tx: Tx): Promise<ContainmentRow | undefined> =>
  tx
    .selectFrom('containments')
    .select(columns)
    .where('finished_at', 'is', null)
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();

export const finishContainment = (tx: Tx, id: string, at: Date): Promise<unknown> =>
  tx.updateTable('containments').set({ finished_at: at }).where('id', '=', id).execute();

/** The containment, locked until the end of the transaction. */
export const lockContainment = (tx: Tx, id: string): Promise<ContainmentRow | undefined> =>
  tx.selectFrom('containments').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();

export const releaseContainment = (
  tx: Tx,
  id: string,
  { at, by, reason }: { readonly at: Date; readonly by: string; readonly reason: string },
): Promise<unknown> =>
  tx
    .updateTable('containments')
    .set({ released_at: at, released_by: by, release_reason: reason })
    .where('id', '=', id)
    .execute();

export const stepsOf = (db: Reader, id: string): Promise<StepRow[]> =>
  db
    .selectFrom('containment_steps')
    .select(stepColumns)
    .where('containment_id', '=', id)
    .orderBy('position')
    .execute();

export const countStep = (
  tx: Tx,
  id: string,
  position: number,
  { revoked, doneAt }: { readonly revoked: number; readonly doneAt: Date | null },
): Promise<unknown> =>
  tx
    .updateTable('containment_steps')
    .set({ revoked: sql<number>`revoked + ${revoked}`, ...(doneAt ? { done_at: doneAt } : {}) })
    .where('containment_id', '=', id)
    .where('position', '=', position)
    .execute();

export const readContainment = (db: Reader, id: string): Promise<ContainmentRow | undefined> =>
  db.selectFrom('containments').select(columns).where('id', '=', id).executeTakeFirst();

export const listContainments = (db: Reader, limit: number): Promise<ContainmentRow[]> =>
  db.selectFrom('containments').select(columns).orderBy('id', 'desc').limit(limit).execute();

export const containmentsAbout = (db: Reader, incidentId: string): Promise<ContainmentRow[]> =>
  db
    .selectFrom('containments')
    .select(columns)
    .where('incident_id', '=', incidentId)
    .orderBy('id')
    .limit(100)
    .execute();
