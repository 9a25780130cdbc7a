import { formatUnits } from '../../shared/money/units.ts';
import type { Tx } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import type { Stage } from '../identity/mutation.ts';
import { voidHold } from '../treasury/holds.ts';
import { lockClaim } from './claims.ts';
import { openDraws, partiesOf, voidDraws } from './draws.store.ts';
import type { MarketDeps } from './parts.ts';
import { paged } from './parts.ts';
import { endReview, overlapPairs, releaseReviews, reviewsBy, reviewsOf } from './reviews.store.ts';
import { insertReward } from './rewards.store.ts';
import {
  type BountyRow,
  type ClaimRow,
  outcomeOf,
  requireAgent,
  requireSeat,
  toBounty,
  toClaim,
  toReview,
  votesOf,
} from './rules.ts';
import { bountiesById, endClaim, listClaims, moveBounty, readClaim } from './store.ts';

type ReviewHandlers = Pick<Handlers, 'claims.decide' | 'reviews.list' | 'market.queue' | 'market.overlap'>;

/** The busiest pairs: more fit no screen. */
const PAIRS = 400;

/** An approved claim earns its reward, which waits for an owner when its agent has none. */
async function earn(tx: Tx, stage: Stage, bounty: BountyRow, claim: ClaimRow, at: Date): Promise<void> {
  const agent = (await partiesOf(tx, [claim.agent_id])).get(claim.agent_id);
  const owned = agent !== undefined && agent.ownerId !== null;
  const units = BigInt(bounty.units);
  await insertReward(tx, {
    ...{ claimId: claim.id, agentId: claim.agent_id, units, holdId: bounty.hold_id, owned, at },
  });
  await stage('reward.earned', {
    ...{ claimId: claim.id, agentId: claim.agent_id, amount: formatUnits(units) },
    state: owned ? 'claim_ready' : 'locked_unclaimed',
  });
}

/** Ends the claim when its decisions say so, in the transaction of the last of them. The bounty is locked. @returns the claim */
async function finalise(
  tx: Tx,
  stage: Stage,
  bounty: BountyRow,
  claim: ClaimRow,
  at: Date,
): Promise<ClaimRow> {
  const votes = votesOf(await reviewsOf(tx, [claim.id]));
  const outcome = outcomeOf(votes);
  if (outcome === null) return claim;
  const ended = await endClaim(tx, claim.id, outcome, at);
  await releaseReviews(tx, claim.id, at);
  await voidDraws(tx, claim.id);
  await moveBounty(tx, bounty.id, outcome, at);
  await stage('claim.decided', { bountyId: bounty.id, claimId: claim.id, outcome, ...votes });
  if (outcome === 'approved') await earn(tx, stage, bounty, claim, at);
  else await voidHold(tx, stage, { holdId: bounty.hold_id, reason: `${claim.id} was rejected` });
  return ended;
}

const decide =
  ({ commit }: MarketDeps): ReviewHandlers['claims.decide'] =>
  ({ params: { id }, body: { verdict, reason } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const agentId = requireAgent(ctx);
      // What is decided never changes: a crowd at its door does not queue for the lock.
      const seen = await readClaim(tx, id);
      if (seen) requireSeat(seen, await reviewsOf(tx, [id]), agentId);
      const { bounty, claim } = await lockClaim(tx, id);
      const seat = requireSeat(claim, await reviewsOf(tx, [id]), agentId);
      const at = ctx.now();
      const state = verdict === 'approve' ? 'approved' : 'rejected';
      const review = await endReview(tx, seat, { state, at, reason });
      const eventId = await stage('review.decided', { claimId: id, verdict: state, reason });
      const after = await finalise(tx, stage, bounty, claim, at);
      const open = await openDraws(tx, [id]);
      return {
        status: 200,
        body: { claim: toClaim(after, open.get(id)), review: toReview(review), eventId },
      } as const;
    });

const queue =
  ({ db }: MarketDeps): ReviewHandlers['market.queue'] =>
  async ({ query: { limit, cursor, state } }) => {
    const rows = await listClaims(db.kysely, { limit: limit + 1, before: cursor, state });
    const ids = rows.map(({ id }) => id);
    const [bounties, open, reviews] = await Promise.all([
      bountiesById(
        db.kysely,
        rows.map(({ bounty_id }) => bounty_id),
      ),
      openDraws(db.kysely, ids),
      reviewsOf(db.kysely, ids),
    ]);
    const bountyOf = new Map(bounties.map((row) => [row.id, toBounty(row)]));
    // A claim has its bounty by reference: none is left out.
    const { shown, nextCursor } = paged(
      rows.filter((row) => bountyOf.has(row.bounty_id)),
      limit,
      (row) => ({
        ...toClaim(row, open.get(row.id)),
        bounty: bountyOf.get(row.bounty_id) as ReturnType<typeof toBounty>,
        reviews: reviews.filter(({ claim_id }) => claim_id === row.id).map(toReview),
      }),
      ({ id }) => id,
    );
    return { status: 200, body: { claims: shown, nextCursor } };
  };

export const reviewHandlers = (deps: MarketDeps): ReviewHandlers => ({
  'claims.decide': decide(deps),
  'market.queue': queue(deps),
  'market.overlap': async () => {
    const pairs = await overlapPairs(deps.db.kysely, PAIRS);
    return {
      status: 200,
      body: {
        pairs: pairs.map(({ decisions, approvals, flagged, ...pair }) => ({
          ...pair,
          decisions: Number(decisions),
          approvals: Number(approvals),
          flagged: Boolean(flagged),
        })),
      },
    };
  },
  'reviews.list': async ({ query: { limit } }, ctx) => {
    const rows = await reviewsBy(deps.db.kysely, requireAgent(ctx), limit);
    const reviews = rows.map(({ bounty_id, title, description, submission, ...row }) => ({
      ...toReview(row),
      claimId: row.claim_id,
      bounty: { id: bounty_id, title, description },
      content: submission ?? '',
    }));
    return { status: 200, body: { reviews } };
  },
});
