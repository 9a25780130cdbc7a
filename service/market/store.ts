import type { Database, Tx } from '../db/database.ts';
import type { BountyRow, ClaimRow } from './rules.ts';

export type Reader = Pick<Database, 'kysely'>['kysely'];

const bountyColumns = [
  'id',
  'creator',
  'title',
  'description',
  'units',
  'hold_id',
  'state',
  'created_at',
  'ended_at',
] as const;

const claimColumns = [
  'id',
  'bounty_id',
  'agent_id',
  'state',
  'claimed_at',
  'submit_by',
  'submitted_at',
  'ended_at',
] as const;

export const readBounty = (db: Reader, id: string): Promise<BountyRow | undefined> =>
  db.selectFrom('bounties').select(bountyColumns).where('id', '=', id).executeTakeFirst();

/** The bounty, held until the transaction ends: the one lock of everything that belongs to it. */
export const lockBounty = (tx: Tx, id: string): Promise<BountyRow | undefined> =>
  tx.selectFrom('bounties').select(bountyColumns).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();

/** The same for a job: undefined while somebody else has it in hand. */
export const lockFreeBounty = (tx: Tx, id: string): Promise<BountyRow | undefined> =>
  tx
    .selectFrom('bounties')
    .select(bountyColumns)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst();

export interface Page {
  readonly limit: number;
  /** Older than this id. */
  readonly before: string | undefined;
}

export function listBounties(
  db: Reader,
  { limit, before, state }: Page & { readonly state: BountyRow['state'] | undefined },
): Promise<BountyRow[]> {
  let query = db.selectFrom('bounties').select(bountyColumns).orderBy('id', 'desc').limit(limit);
  if (state !== undefined) query = query.where('state', '=', state);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.execute();
}

export interface NewBounty {
  readonly id: string;
  readonly creator: string;
  readonly title: string;
  readonly description: string;
  readonly units: bigint;
  readonly holdId: string;
  readonly createdAt: Date;
  readonly request: { readonly key: string; readonly hash: Buffer };
}

export const insertBounty = (tx: Tx, bounty: NewBounty): Promise<BountyRow> =>
  tx
    .insertInto('bounties')
    .values({
      id: bounty.id,
      creator: bounty.creator,
      title: bounty.title,
      description: bounty.description,
      units: bounty.units,
      hold_id: bounty.holdId,
      created_at: bounty.createdAt,
      request_key: bounty.request.key,
      request_hash: bounty.request.hash,
    })
    .returning(bountyColumns)
    .executeTakeFirstOrThrow();

/** What this agent offered under this Idempotency-Key before, with the entry that told it. */
export const findRequested = (tx: Tx, creator: string, key: string) =>
  tx
    .selectFrom('bounties')
    .select([...bountyColumns, 'request_hash'])
    .where('creator', '=', creator)
    .where('request_key', '=', key)
    .executeTakeFirst();

const ENDED: ReadonlySet<string> = new Set(['approved', 'rejected', 'cancelled']);

export const moveBounty = (tx: Tx, id: string, state: BountyRow['state'], at: Date): Promise<BountyRow> =>
  tx
    .updateTable('bounties')
    .set({ state, ...(ENDED.has(state) ? { ended_at: at } : {}) })
    .where('id', '=', id)
    .returning(bountyColumns)
    .executeTakeFirstOrThrow();

export const readClaim = (db: Reader, id: string): Promise<ClaimRow | undefined> =>
  db.selectFrom('bounty_claims').select(claimColumns).where('id', '=', id).executeTakeFirst();

/** The claim that a bounty's state is about. */
export const currentClaim = (tx: Tx, bountyId: string): Promise<ClaimRow | undefined> =>
  tx
    .selectFrom('bounty_claims')
    .select(claimColumns)
    .where('bounty_id', '=', bountyId)
    .where('state', '<>', 'lapsed')
    .executeTakeFirst();

export async function hasClaimed(tx: Tx, bountyId: string, agentId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('bounty_claims')
    .select('id')
    .where('bounty_id', '=', bountyId)
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  return row !== undefined;
}

export const insertClaim = (
  tx: Tx,
  claim: Pick<ClaimRow, 'id' | 'bounty_id' | 'agent_id' | 'claimed_at' | 'submit_by'>,
): Promise<ClaimRow> =>
  tx.insertInto('bounty_claims').values(claim).returning(claimColumns).executeTakeFirstOrThrow();

export const submitClaim = (
  tx: Tx,
  id: string,
  submitted: { readonly content: string; readonly at: Date; readonly entryId: string },
): Promise<ClaimRow> =>
  tx
    .updateTable('bounty_claims')
    .set({
      state: 'submitted',
      submission: submitted.content,
      submitted_at: submitted.at,
      submitted_entry: submitted.entryId,
    })
    .where('id', '=', id)
    .returning(claimColumns)
    .executeTakeFirstOrThrow();

export const endClaim = (
  tx: Tx,
  id: string,
  state: Exclude<ClaimRow['state'], 'claimed' | 'submitted'>,
  at: Date,
): Promise<ClaimRow> =>
  tx
    .updateTable('bounty_claims')
    .set({ state, ended_at: at })
    .where('id', '=', id)
    .returning(claimColumns)
    .executeTakeFirstOrThrow();

export function listClaims(
  db: Reader,
  {
    limit,
    before,
    agentId,
    state,
  }: Page & { readonly agentId?: string; readonly state?: ClaimRow['state'] | undefined },
): Promise<ClaimRow[]> {
  let query = db.selectFrom('bounty_claims').select(claimColumns).orderBy('id', 'desc').limit(limit);
  if (agentId !== undefined) query = query.where('agent_id', '=', agentId);
  if (state !== undefined) query = query.where('state', '=', state);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.execute();
}

/** Claims whose time to submit is over, the most overdue first. */
export const dueClaims = (db: Reader, now: Date, limit: number): Promise<ClaimRow[]> =>
  db
    .selectFrom('bounty_claims')
    .select(claimColumns)
    .where('state', '=', 'claimed')
    .where('submit_by', '<=', now)
    .orderBy('submit_by')
    .limit(limit)
    .execute();

export const bountiesById = (db: Reader, ids: readonly string[]): Promise<BountyRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('bounties')
        .select(bountyColumns)
        .where('id', 'in', [...ids])
        .execute();

export const readBountyStates = (tx: Tx) =>
  tx.selectFrom('bounties').select(['id', 'units', 'state']).execute();
