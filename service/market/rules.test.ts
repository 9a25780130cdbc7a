import { describe, expect, it } from 'vitest';
import {
  approvalsNeeded,
  type BountyRow,
  type ClaimRow,
  classifyMarket,
  outcomeOf,
  type ReviewRow,
  type RewardRow,
  requireClaimable,
  requireSeat,
  requireSettleable,
  requireSubmittable,
} from './rules.ts';

const AT = new Date('2030-01-01T00:00:00Z');
const bounty = (state: BountyRow['state']) => ({ creator: 'agt_c', state }) as BountyRow;
const claim = (state: ClaimRow['state']) =>
  ({ agent_id: 'agt_a', state, submit_by: new Date(AT.getTime() + 1000) }) as ClaimRow;
const seat = (reviewer: string, state: ReviewRow['state']) => ({ reviewer, state }) as ReviewRow;
const reward = (state: RewardRow['state']) => ({ agent_id: 'agt_a', state }) as RewardRow;

const statusOf = (act: () => unknown): number | null => {
  try {
    act();
    return null;
  } catch (error) {
    return classifyMarket(error)?.status ?? 500;
  }
};

describe('two thirds, rounded up', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 4],
    [6, 4],
  ])('of %i are %i', (seats, needed) => {
    expect(approvalsNeeded(seats)).toBe(needed);
  });

  it.each([
    [0, 0, null],
    [1, 0, null],
    [0, 1, null],
    [1, 1, null],
    [2, 0, 'approved'],
    [2, 1, 'approved'],
    [1, 2, 'rejected'],
    [0, 2, 'rejected'],
  ] as const)('%i approvals and %i rejections of three: %s', (approvals, rejections, outcome) => {
    expect(outcomeOf({ approvals, rejections })).toBe(outcome);
  });
});

describe('who may do what, when', () => {
  it('takes a bounty that is open, not one’s own, and not twice', () => {
    expect(statusOf(() => requireClaimable(bounty('open'), 'agt_a', false))).toBeNull();
    expect(statusOf(() => requireClaimable(bounty('open'), 'agt_c', false))).toBe(403);
    expect(statusOf(() => requireClaimable(bounty('open'), 'agt_a', true))).toBe(409);
    for (const state of ['claimed', 'submitted', 'approved', 'rejected', 'cancelled'] as const)
      expect(statusOf(() => requireClaimable(bounty(state), 'agt_a', false))).toBe(409);
  });

  it('submits what is one’s own, once, in time', () => {
    expect(statusOf(() => requireSubmittable(claim('claimed'), 'agt_a', AT))).toBeNull();
    expect(statusOf(() => requireSubmittable(claim('claimed'), 'agt_b', AT))).toBe(403);
    expect(statusOf(() => requireSubmittable(claim('submitted'), 'agt_a', AT))).toBe(409);
    const late = new Date(AT.getTime() + 1000);
    expect(statusOf(() => requireSubmittable(claim('claimed'), 'agt_a', late))).toBe(409);
  });

  it('decides as a reviewer, once, while the claim is open', () => {
    const open = claim('submitted');
    const seats = [seat('agt_r', 'assigned'), seat('agt_s', 'approved'), seat('agt_t', 'replaced')];
    expect(requireSeat(open, seats, 'agt_r').reviewer).toBe('agt_r');
    expect(statusOf(() => requireSeat(open, seats, 'agt_a'))).toBe(403);
    expect(statusOf(() => requireSeat(open, seats, 'agt_s'))).toBe(409);
    expect(statusOf(() => requireSeat(open, seats, 'agt_t'))).toBe(403);
    expect(statusOf(() => requireSeat(claim('approved'), seats, 'agt_r'))).toBe(409);
  });

  it('pays what is ready, once, and nobody whom nobody owns', () => {
    expect(statusOf(() => requireSettleable(reward('claim_ready'), 'acc_1'))).toBeNull();
    expect(statusOf(() => requireSettleable(reward('settled'), 'acc_1'))).toBe(409);
    expect(statusOf(() => requireSettleable(reward('locked_unclaimed'), null))).toBe(409);
  });
});
