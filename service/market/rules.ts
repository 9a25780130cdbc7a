import type { ErrorType } from '../../shared/http/errors.ts';
import type { CorrelationFlag } from '../../shared/http/market-admin.ts';
import type {
  Bounty,
  BountyState,
  Claim,
  ClaimState,
  FlagSource,
  Review,
  ReviewState,
  Reward,
  RewardState,
} from '../../shared/http/market-parts.ts';
import { type Candidate, eligibleOf, SEATS } from '../../shared/market/draw.ts';
import { formatUnits } from '../../shared/money/units.ts';
import { HttpError } from '../gate/http-error.ts';
import { MarketError, type MarketErrorCode } from './market-error.ts';

/** Approvals that a claim needs: two thirds, rounded up (SPEC 7). */
export const approvalsNeeded = (seats: number): number => Math.ceil((2 * seats) / 3);

export interface Votes {
  readonly approvals: number;
  readonly rejections: number;
}

/** What the decisions so far come to; null while it is open. A claim that can no longer reach two thirds is rejected at once. */
export function outcomeOf({ approvals, rejections }: Votes, seats = SEATS): 'approved' | 'rejected' | null {
  const needed = approvalsNeeded(seats);
  if (approvals >= needed) return 'approved';
  return rejections > seats - needed ? 'rejected' : null;
}

export const votesOf = (reviews: readonly { readonly state: ReviewState }[]): Votes => ({
  approvals: reviews.filter(({ state }) => state === 'approved').length,
  rejections: reviews.filter(({ state }) => state === 'rejected').length,
});

const REASONS: Readonly<Record<MarketErrorCode, ErrorType>> = {
  absent: 'not_found',
  'not-open': 'conflict',
  'already-claimed': 'conflict',
  'own-bounty': 'forbidden',
  'not-yours': 'forbidden',
  'not-assignee': 'forbidden',
  'already-decided': 'conflict',
  'too-late': 'conflict',
  'not-submitted': 'conflict',
  locked: 'conflict',
  'already-settled': 'conflict',
  'key-reused': 'idempotency_mismatch',
  'in-flight': 'conflict',
  'already-flagged': 'conflict',
};

/** What a refusal of this room is to a caller; null for anything else. */
export const classifyMarket = (error: unknown): HttpError | null =>
  error instanceof MarketError ? new HttpError(REASONS[error.code], error.message, { cause: error }) : null;

export const absent = (what: string, id: string): MarketError =>
  new MarketError('absent', `there is no ${what} ${id}`);

/** The gate lets only agents and who acts as one through; a route that forgot to say so fails closed. */
export function requireAgent({ agent }: { readonly agent: string | null }): string {
  if (agent === null) throw new HttpError('agent_required', 'name the agent in X-Agent-Id');
  return agent;
}

export interface BountyRow {
  readonly id: string;
  readonly creator: string;
  readonly title: string;
  readonly description: string;
  readonly units: string;
  readonly hold_id: string;
  readonly state: BountyState;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

/** @throws MarketError `own-bounty` | `not-open` | `already-claimed` */
export function requireClaimable(bounty: BountyRow, agentId: string, hadItsTry: boolean): void {
  if (bounty.creator === agentId)
    throw new MarketError('own-bounty', 'an agent does not work on its own bounty');
  if (bounty.state === 'claimed' || hadItsTry)
    throw new MarketError(
      'already-claimed',
      hadItsTry ? 'this agent has had its try' : 'somebody works on it',
    );
  if (bounty.state !== 'open') throw new MarketError('not-open', `this bounty is ${bounty.state}`);
}

/** @throws MarketError `not-yours` | `too-late` | `already-decided` */
export function requireSubmittable(claim: ClaimRow, agentId: string, now: Date): void {
  if (claim.agent_id !== agentId) throw new MarketError('not-yours', 'this claim is another agent’s');
  if (claim.state !== 'claimed') throw new MarketError('already-decided', `this claim is ${claim.state}`);
  if (now >= claim.submit_by) throw new MarketError('too-late', 'the time to submit is over');
}

/**
 * The reviewer's seat, when it may decide now.
 * @throws MarketError `not-assignee` for others and for a seat that was given away; `already-decided` for a second decision and for
 * a claim that was decided without it
 */
export function requireSeat(claim: ClaimRow, reviews: readonly ReviewRow[], agentId: string): ReviewRow {
  const seat = reviews.find(({ reviewer }) => reviewer === agentId);
  if (!seat) throw new MarketError('not-assignee', 'this agent is no reviewer of this claim');
  if (seat.state === 'replaced')
    throw new MarketError('not-assignee', 'this agent let its time pass, and its seat was given away');
  if (seat.state !== 'assigned' || claim.state !== 'submitted')
    throw new MarketError('already-decided', 'this is decided, and no decision is made twice');
  return seat;
}

/** @throws MarketError `already-settled` | `locked` */
export function requireSettleable(reward: RewardRow, ownerId: string | null): void {
  if (reward.state === 'settled') throw new MarketError('already-settled', 'this reward was paid');
  if (ownerId === null)
    throw new MarketError('locked', 'nobody has claimed this agent; its owner does so with its claim code');
}

export const toBounty = (row: BountyRow): Bounty => ({
  id: row.id,
  creator: row.creator,
  title: row.title,
  description: row.description,
  amount: formatUnits(BigInt(row.units)),
  state: row.state,
  createdAt: row.created_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
});

export interface OpenDraw {
  readonly claim_id: string;
  readonly round: number;
  readonly seats: number;
  readonly state: 'waiting' | 'set' | 'drawn' | 'void';
  readonly pool: readonly Candidate[];
  readonly judged_at: Date;
}

export interface ClaimRow {
  readonly id: string;
  readonly bounty_id: string;
  readonly agent_id: string;
  readonly state: ClaimState;
  readonly claimed_at: Date;
  readonly submit_by: Date;
  readonly submitted_at: Date | null;
  readonly ended_at: Date | null;
}

const toWaiting = ({ state, pool, seats, judged_at }: OpenDraw): Claim['waiting'] => ({
  for: state === 'waiting' ? 'reviewers' : 'checkpoint',
  ...{ alive: pool.length, eligible: eligibleOf(pool).length, seats },
  judgedAt: judged_at.toISOString(),
});

/** @param open its draw that has not happened yet */
export const toClaim = (row: ClaimRow, open: OpenDraw | undefined): Claim => ({
  id: row.id,
  bountyId: row.bounty_id,
  agentId: row.agent_id,
  state: row.state,
  claimedAt: row.claimed_at.toISOString(),
  submitBy: row.submit_by.toISOString(),
  submittedAt: row.submitted_at?.toISOString() ?? null,
  endedAt: row.ended_at?.toISOString() ?? null,
  waiting: open ? toWaiting(open) : null,
});

export interface ReviewRow {
  readonly claim_id: string;
  readonly reviewer: string;
  readonly round: number;
  readonly state: ReviewState;
  readonly assigned_at: Date;
  readonly decide_by: Date;
  readonly ended_at: Date | null;
  readonly reason: string | null;
}

export const toReview = (row: ReviewRow): Review => ({
  reviewer: row.reviewer,
  round: row.round,
  state: row.state,
  assignedAt: row.assigned_at.toISOString(),
  decideBy: row.decide_by.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  reason: row.reason,
});

export interface RewardRow {
  readonly claim_id: string;
  readonly agent_id: string;
  readonly units: string;
  readonly hold_id: string;
  readonly state: RewardState;
  readonly earned_at: Date;
  readonly released_at: Date | null;
  readonly settled_at: Date | null;
  readonly transfer_id: string | null;
}

export const toReward = (row: RewardRow): Reward => ({
  claimId: row.claim_id,
  agentId: row.agent_id,
  amount: formatUnits(BigInt(row.units)),
  state: row.state,
  earnedAt: row.earned_at.toISOString(),
  releasedAt: row.released_at?.toISOString() ?? null,
  settledAt: row.settled_at?.toISOString() ?? null,
  transferId: row.transfer_id,
});

export interface FlagRow {
  readonly id: string;
  readonly agent: string;
  readonly other: string;
  readonly source: FlagSource;
  readonly reason: string;
  readonly evidence: Record<string, number> | null;
  readonly raised_at: Date;
  readonly raised_by: string;
  readonly lifted_at: Date | null;
  readonly lifted_why: string | null;
}

export const toFlag = (row: FlagRow): CorrelationFlag => ({
  id: row.id,
  agent: row.agent,
  other: row.other,
  source: row.source,
  reason: row.reason,
  evidence: row.evidence,
  raisedAt: row.raised_at.toISOString(),
  raisedBy: row.raised_by,
  liftedAt: row.lifted_at?.toISOString() ?? null,
  liftedWhy: row.lifted_why,
});
