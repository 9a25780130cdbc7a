import { type Tx, transact } from '../db/database.ts';
import type { Stage } from '../identity/mutation.ts';
import { drawableClaims, openDraws, readDraws, voidDraws, waitingClaims } from './draws.store.ts';
import { drawRound, judgeWaiting, openRound } from './draws.ts';
import { later, type MarketDeps, systemStage } from './parts.ts';
import { endReview, idleClaims, reviewsOf } from './reviews.store.ts';
import { readReward, releasableRewards } from './rewards.store.ts';
import { release } from './rewards.ts';
import type { BountyRow, ClaimRow } from './rules.ts';
import { dueClaims, endClaim, lockFreeBounty, moveBounty, readClaim } from './store.ts';

type JobDeps = Pick<MarketDeps, 'db' | 'staging' | 'settings' | 'now'>;

/** Of one run: enough for any outage to be over within a few. */
const BATCH = 100;
/** How often a claim that waits for reviewers is judged again. */
const JUDGE_AGAIN_SECONDS = 5;

interface Held {
  readonly tx: Tx;
  readonly stage: Stage;
  readonly bounty: BountyRow;
  readonly claim: ClaimRow;
  readonly now: Date;
}

/**
 * Does something about each claim, one transaction each, with its bounty locked and the claim read behind the lock. What another
 * instance has in hand is passed over: every instance may run every job. @returns how many were done
 */
async function each(
  { db, staging, now }: JobDeps,
  claimIds: readonly string[],
  work: (held: Held) => Promise<boolean>,
): Promise<number> {
  let done = 0;
  for (const id of claimIds) {
    const did = await transact(db, async (tx) => {
      const seen = await readClaim(tx, id);
      const bounty = seen && (await lockFreeBounty(tx, seen.bounty_id));
      const claim = bounty && (await readClaim(tx, id));
      return claim ? work({ tx, stage: systemStage(staging, tx), bounty, claim, now: now() }) : false;
    });
    if (did) done += 1;
  }
  return done;
}

/** Draws where the checkpoint exists. */
export async function drawReviews(deps: JobDeps): Promise<number> {
  const claims = await drawableClaims(deps.db.kysely, BATCH);
  return each(deps, claims, async ({ tx, stage, claim, now }) => {
    const draw = (await openDraws(tx, [claim.id])).get(claim.id);
    if (draw?.state !== 'set' || claim.state !== 'submitted') return false;
    return drawRound(deps, tx, stage, { claim, draw, now });
  });
}

/** Looks again where too few could review. */
export async function judgePools(deps: JobDeps): Promise<number> {
  const before = later(deps.now(), -JUDGE_AGAIN_SECONDS);
  const claims = await waitingClaims(deps.db.kysely, before, BATCH);
  return each(deps, claims, async ({ tx, stage, bounty, claim, now }) => {
    const draw = (await openDraws(tx, [claim.id])).get(claim.id);
    if (draw?.state !== 'waiting' || claim.state !== 'submitted') return false;
    return judgeWaiting(deps, tx, stage, { bounty, claim, draw, now });
  });
}

/**
 * Takes the seats of reviewers whose time is over, and opens a round for them. Where a round is open already it is given up for one
 * with all the empty seats: its pool was set for fewer.
 */
export async function replaceIdle(deps: JobDeps): Promise<number> {
  const claims = await idleClaims(deps.db.kysely, deps.now(), BATCH);
  return each(deps, claims, async ({ tx, stage, bounty, claim, now }) => {
    if (claim.state !== 'submitted') return false;
    const reviews = await reviewsOf(tx, [claim.id]);
    const idle = reviews.filter(({ state, decide_by }) => state === 'assigned' && decide_by <= now);
    if (idle.length === 0) return false;
    for (const review of idle) {
      await endReview(tx, review, { state: 'replaced', at: now });
      await stage('review.replaced', { claimId: claim.id, reviewer: review.reviewer });
    }
    const rounds = await readDraws(tx, claim.id);
    const open = rounds.find(({ state }) => state === 'waiting' || state === 'set');
    await voidDraws(tx, claim.id);
    const seats = idle.length + (open?.seats ?? 0);
    await openRound(deps, tx, stage, { bounty, claim, round: rounds.length, seats, now });
    return true;
  });
}

/** Opens bounties again whose agent let its time pass. */
export async function lapseClaims(deps: JobDeps): Promise<number> {
  const due = await dueClaims(deps.db.kysely, deps.now(), BATCH);
  const ids = due.map(({ id }) => id);
  return each(deps, ids, async ({ tx, stage, bounty, claim, now }) => {
    if (claim.state !== 'claimed' || now < claim.submit_by) return false;
    await endClaim(tx, claim.id, 'lapsed', now);
    await moveBounty(tx, bounty.id, 'open', now);
    await stage('claim.lapsed', { bountyId: bounty.id, claimId: claim.id });
    return true;
  });
}

/** Releases rewards whose agents have an owner by now. */
export async function releaseRewards(deps: JobDeps): Promise<number> {
  const rewards = await releasableRewards(deps.db.kysely, BATCH);
  const ids = rewards.map(({ claim_id }) => claim_id);
  return each(deps, ids, async ({ tx, stage, claim, now }) => {
    const reward = await readReward(tx, claim.id);
    if (reward?.state !== 'locked_unclaimed') return false;
    await release(tx, stage, claim.id, now);
    return true;
  });
}

/** Everything that happens by itself, in the order in which one thing leads to another. */
export async function runMarket(deps: JobDeps): Promise<void> {
  await lapseClaims(deps);
  await replaceIdle(deps);
  await judgePools(deps);
  await drawReviews(deps);
  await releaseRewards(deps);
}
