import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { ReviewRow } from './rules.ts';
import type { Reader } from './store.ts';

const columns = [
  'claim_id',
  'reviewer',
  'round',
  'state',
  'assigned_at',
  'decide_by',
  'ended_at',
  'reason',
] as const;

export const reviewsOf = (db: Reader, claimIds: readonly string[]): Promise<ReviewRow[]> =>
  claimIds.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('claim_reviews')
        .select(columns)
        .where('claim_id', 'in', [...claimIds])
        .orderBy('round')
        .orderBy('reviewer')
        .execute();

export async function insertReviews(
  tx: Tx,
  reviews: readonly Pick<ReviewRow, 'claim_id' | 'reviewer' | 'round' | 'assigned_at' | 'decide_by'>[],
): Promise<void> {
  await tx
    .insertInto('claim_reviews')
    .values([...reviews])
    .execute();
}

export const endReview = (
  tx: Tx,
  { claim_id, reviewer }: Pick<ReviewRow, 'claim_id' | 'reviewer'>,
  end: {
    readonly state: 'approved' | 'rejected' | 'replaced';
    readonly at: Date;
    readonly reason?: string;
  },
): Promise<ReviewRow> =>
  tx
    .updateTable('claim_reviews')
    .set({
      state: end.state,
      ended_at: end.at,
      ...(end.reason === undefined ? {} : { reason: end.reason }),
    })
    .where('claim_id', '=', claim_id)
    .where('reviewer', '=', reviewer)
    .returning(columns)
    .executeTakeFirstOrThrow();

/** The claim is decided: whoever has not decided yet need not. */
export async function releaseReviews(tx: Tx, claimId: string, at: Date): Promise<void> {
  await tx
    .updateTable('claim_reviews')
    .set({ state: 'released', ended_at: at })
    .where('claim_id', '=', claimId)
    .where('state', '=', 'assigned')
    .execute();
}

/** Claims with a reviewer whose time is over, the most overdue first. */
export async function idleClaims(db: Reader, now: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('claim_reviews')
    .select('claim_id')
    .where('state', '=', 'assigned')
    .where('decide_by', '<=', now)
    .groupBy('claim_id')
    .orderBy(sql`min(decide_by)`)
    .limit(limit)
    .execute();
  return rows.map(({ claim_id }) => claim_id);
}

/** What an agent reviews or reviewed, the newest first, with the work. */
export const reviewsBy = (db: Reader, reviewer: string, limit: number) =>
  db
    .selectFrom('claim_reviews as r')
    .innerJoin('bounty_claims as c', 'c.id', 'r.claim_id')
    .innerJoin('bounties as b', 'b.id', 'c.bounty_id')
    .select(['r.claim_id', 'r.reviewer', 'r.round', 'r.state', 'r.assigned_at', 'r.decide_by', 'r.ended_at'])
    .select(['r.reason', 'c.submission', 'b.id as bounty_id', 'b.title', 'b.description'])
    .where('r.reviewer', '=', reviewer)
    .orderBy('r.assigned_at', 'desc')
    .orderBy('r.claim_id', 'desc')
    .limit(limit)
    .execute();

/** Pairs of reviewer and submitter by how often one decided on the other's work. */
export const overlapPairs = (db: Reader, limit: number) =>
  db
    .selectFrom('claim_reviews as r')
    .innerJoin('bounty_claims as c', 'c.id', 'r.claim_id')
    .select(['r.reviewer', 'c.agent_id as submitter'])
    .select((eb) => [
      eb.fn.countAll<string>().as('decisions'),
      eb.fn.countAll<string>().filterWhere('r.state', '=', 'approved').as('approvals'),
      eb
        .exists(
          eb
            .selectFrom('correlation_flags as f')
            .select('f.id')
            .where('f.lifted_at', 'is', null)
            .where((on) =>
              on.or([
                on.and([on('f.agent', '=', on.ref('r.reviewer')), on('f.other', '=', on.ref('c.agent_id'))]),
                on.and([on('f.agent', '=', on.ref('c.agent_id')), on('f.other', '=', on.ref('r.reviewer'))]),
              ]),
            ),
        )
        .as('flagged'),
    ])
    .where('r.state', 'in', ['approved', 'rejected'])
    .groupBy(['r.reviewer', 'c.agent_id'])
    .orderBy('decisions', 'desc')
    .orderBy('r.reviewer')
    .orderBy('c.agent_id')
    .limit(limit)
    .execute();
