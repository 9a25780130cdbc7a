import { type Selectable, sql } from 'kysely';
import type { EventKind } from '../../../shared/ledger/events.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { AccessReviewsTable } from '../../db/tables/access.ts';
import type { Holder, LastAct, RoleChange } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

export type ReviewRow = Selectable<AccessReviewsTable>;

/** Whoever has authority now. */
export const readHolders = (db: Reader): Promise<Holder[]> =>
  db
    .selectFrom('operators')
    .select(['id', 'name', 'role', 'key_id', 'enrolled_at'])
    .where('revoked_at', 'is', null)
    .orderBy('id')
    .execute();

export async function readFirstEnrolment(db: Reader): Promise<Date | null> {
  const row = await db
    .selectFrom('operators')
    .select((eb) => eb.fn.min('enrolled_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? null;
}

/** The last act of each of these operators by kind, numbered or still waiting for its number. */
export async function readLastActs(
  db: Reader,
  operatorIds: readonly string[],
  kinds: readonly EventKind[],
): Promise<LastAct[]> {
  const { rows } = await sql<LastAct>`
    SELECT o.id AS "operatorId", k.kind, greatest(
      (SELECT e.at FROM ledger_entries e
       WHERE e.actor_type = 'operator' AND e.actor_id = o.id AND e.kind = k.kind ORDER BY e.at DESC LIMIT 1),
      (SELECT max(s.at) FROM ledger_staged s
       WHERE s.actor_type = 'operator' AND s.actor_id = o.id AND s.kind = k.kind)) AS at
    FROM unnest(${[...operatorIds]}::text[]) AS o (id) CROSS JOIN unnest(${[...kinds]}::text[]) AS k (kind)`.execute(
    db,
  );
  return rows.filter(({ at }) => at !== null);
}

/** When the role of each operator changed last; the ledger alone knows. */
export async function readRoleChanges(db: Reader): Promise<RoleChange[]> {
  const { rows } = await sql<RoleChange>`
    SELECT told.data::jsonb ->> 'operatorId' AS "operatorId", max(told.at) AS at
    FROM (SELECT data, at FROM ledger_entries WHERE kind = 'operator.role-changed'
          UNION ALL SELECT data, at FROM ledger_staged WHERE kind = 'operator.role-changed') AS told
    GROUP BY 1`.execute(db);
  return rows;
}

export const listReviews = (db: Reader, limit: number): Promise<Omit<ReviewRow, 'reviewed'>[]> =>
  db
    .selectFrom('access_reviews')
    .select(['id', 'at', 'operator_id', 'name', 'key_id', 'digest', 'row_count'])
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();

export const insertReview = (tx: Tx, row: ReviewRow) =>
  tx.insertInto('access_reviews').values(row).returningAll().executeTakeFirstOrThrow();

const reviewsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('access_reviews')
    .select(['id', 'operator_id', 'key_id', 'row_count', 'reviewed'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(100)
    .execute();

/** Every review with its rows: a hundred at a time, because each has a row for every operator. */
export async function* everyReview(tx: Tx) {
  for (let after = ''; ; ) {
    const rows = await reviewsAfter(tx, after);
    yield* rows;
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}
