import type { Draw } from '../../shared/http/market-parts.ts';
import {
  drawReviewers,
  eligibleOf,
  hashPool,
  poolOf,
  replayDraw,
  SEATS,
  seedOf,
} from '../../shared/market/draw.ts';
import type { Tx } from '../db/database.ts';
import type { Stage } from '../identity/mutation.ts';
import { sha256 } from '../ledger/entry-row.ts';
import {
  aliveSince,
  type DrawRow,
  firstCheckpointAfter,
  insertDraw,
  type JudgedPool,
  judgeAgain,
  partiesOf,
  rootAt,
  saveDrawn,
} from './draws.store.ts';
import { flagsOf } from './flags.store.ts';
import { later, type MarketDeps } from './parts.ts';
import { insertReviews, reviewsOf } from './reviews.store.ts';
import type { BountyRow, ClaimRow } from './rules.ts';
import type { Reader } from './store.ts';

type DrawDeps = Pick<MarketDeps, 'settings'>;

/** Who is alive now and may review this claim, with the reason for everybody who may not. */
async function judge({ settings }: DrawDeps, tx: Tx, bounty: BountyRow, claim: ClaimRow, now: Date) {
  const parties = await partiesOf(tx, [bounty.creator, claim.agent_id]);
  const partyOf = (id: string) => parties.get(id) ?? { id, ownerId: null };
  const reviews = await reviewsOf(tx, [claim.id]);
  const pool = poolOf({
    alive: await aliveSince(tx, later(now, -settings.aliveSeconds)),
    submitter: partyOf(claim.agent_id),
    creator: partyOf(bounty.creator),
    flags: await flagsOf(tx, claim.agent_id),
    drawn: reviews.map(({ reviewer }) => reviewer),
  });
  return { pool, poolHash: hashPool(sha256, pool), judgedAt: now };
}

const told = ({ pool, poolHash }: Omit<JudgedPool, 'anchor'>, seats: number) => ({
  ...{ poolHash, alive: pool.length, eligible: eligibleOf(pool).length, seats },
});

/**
 * Judges the pool and sets it down by the entry that `tell` stages, unless too few are eligible: then the round waits. The seed comes
 * from a checkpoint after that entry, so nobody knows it while the pool can still change.
 */
async function judged(
  deps: DrawDeps,
  tx: Tx,
  { bounty, claim, seats, now }: { bounty: BountyRow; claim: ClaimRow; seats: number; now: Date },
  tell: (pool: ReturnType<typeof told>) => Promise<string>,
): Promise<JudgedPool> {
  const found = await judge(deps, tx, bounty, claim, now);
  const enough = eligibleOf(found.pool).length >= seats;
  return { ...found, anchor: enough ? await tell(told(found, seats)) : null };
}

/** The first round, by the entry of the submission itself, which is told in any case. @returns the entry's id */
export async function openFirstRound(
  deps: DrawDeps,
  tx: Tx,
  stage: Stage,
  { bounty, claim, contentHash, now }: { bounty: BountyRow; claim: ClaimRow; contentHash: string; now: Date },
): Promise<{ readonly entryId: string; save(): Promise<void> }> {
  const found = await judge(deps, tx, bounty, claim, now);
  const entryId = await stage('claim.submitted', {
    ...{ bountyId: bounty.id, claimId: claim.id, contentHash },
    ...told(found, SEATS),
  });
  const enough = eligibleOf(found.pool).length >= SEATS;
  const round = { claimId: claim.id, round: 0, seats: SEATS, anchor: enough ? entryId : null };
  return { entryId, save: () => insertDraw(tx, { ...found, ...round }) };
}

/** A further round, for seats that were left idle. */
export async function openRound(
  deps: DrawDeps,
  tx: Tx,
  stage: Stage,
  order: { bounty: BountyRow; claim: ClaimRow; round: number; seats: number; now: Date },
): Promise<void> {
  const { claim, round, seats } = order;
  const pool = await judged(deps, tx, order, (data) =>
    stage('review.pool-set', { claimId: claim.id, round, ...data }),
  );
  await insertDraw(tx, { ...pool, claimId: claim.id, round, seats });
}

/** Looks again whether enough may review by now. @returns whether the round waits no more */
export async function judgeWaiting(
  deps: DrawDeps,
  tx: Tx,
  stage: Stage,
  { bounty, claim, draw, now }: { bounty: BountyRow; claim: ClaimRow; draw: DrawRow; now: Date },
): Promise<boolean> {
  const { round, seats } = draw;
  const pool = await judged(deps, tx, { bounty, claim, seats, now }, (data) =>
    stage('review.pool-set', { claimId: claim.id, round, ...data }),
  );
  await judgeAgain(tx, draw, pool);
  return pool.anchor !== null;
}

/** Draws a round whose pool is set down, when the checkpoint after that exists. @returns whether it did */
export async function drawRound(
  { settings }: DrawDeps,
  tx: Tx,
  stage: Stage,
  { claim, draw, now }: { claim: ClaimRow; draw: DrawRow; now: Date },
): Promise<boolean> {
  const checkpoint = draw.anchor === null ? undefined : await firstCheckpointAfter(tx, draw.anchor);
  if (!checkpoint) return false;
  const root = checkpoint.root.toString('hex');
  const seed = seedOf(sha256, root, claim.id);
  const reviewers = drawReviewers(sha256, { seed, pool: draw.pool, seats: draw.seats });
  await saveDrawn(tx, draw, { checkpoint, seed, reviewers, at: now });
  const seat = {
    ...{ claim_id: claim.id, round: draw.round, assigned_at: now },
    decide_by: later(now, settings.reviewSeconds),
  };
  await insertReviews(
    tx,
    reviewers.map((reviewer) => ({ ...seat, reviewer })),
  );
  await stage('review.drawn', {
    ...{ claimId: claim.id, round: draw.round, poolHash: draw.pool_hash.toString('hex') },
    ...{ size: Number(checkpoint.size), root, seed, reviewers },
  });
  return true;
}

type Drawn = NonNullable<Draw['drawn']>;

function drawnOf(row: DrawRow): Drawn | null {
  const { checkpoint_epoch: epoch, checkpoint_size: size, root, seed, reviewers, drawn_at: at } = row;
  if (epoch === null || size === null || !root || !seed || !reviewers || !at) return null;
  return {
    ...{ epoch, size: Number(size), root: root.toString('hex'), seed: seed.toString('hex'), reviewers },
    at: at.toISOString(),
  };
}

/** Draws again from the record, and asks the ledger whether it has that root still. */
async function replayed(db: Reader, row: DrawRow, drawn: Drawn): Promise<Draw['replay']> {
  const root = await rootAt(db, drawn.epoch, String(drawn.size));
  const record = { claimId: row.claim_id, seats: row.seats, pool: row.pool, ...drawn };
  const again = replayDraw(sha256, { ...record, poolHash: row.pool_hash.toString('hex') });
  return {
    ...{ seed: again.seed, reviewers: [...again.reviewers] },
    differs: [...(root === drawn.root ? [] : (['root'] as const)), ...again.differs],
  };
}

/** A draw as anybody may see it: the record, and what comes out when it is drawn again now. */
export async function toDraw(db: Reader, row: DrawRow): Promise<Draw> {
  const drawn = drawnOf(row);
  return {
    ...{ round: row.round, seats: row.seats, state: row.state, pool: [...row.pool], drawn },
    ...{ poolHash: row.pool_hash.toString('hex'), judgedAt: row.judged_at.toISOString(), anchor: row.anchor },
    replay: drawn && (await replayed(db, row, drawn)),
  };
}
