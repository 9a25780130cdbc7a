import { describe, expect, it } from 'vitest';
import { sha256 } from '../ledger/pure-sha256.ts';
import {
  type Candidate,
  drawReviewers,
  eligibleOf,
  hashPool,
  type PoolFacts,
  poolOf,
  type RecordedDraw,
  replayDraw,
  SEATS,
  seedOf,
} from './draw.ts';

const agent = (n: number) => `agt_${String(n).padStart(26, '0')}`;
const CLAIM = `clm_${'7'.repeat(26)}`;
const ROOT = 'ab'.repeat(32);
const party = (n: number, owner: string | null = `acc_${n}`) => ({ id: agent(n), ownerId: owner });

const FACTS: PoolFacts = {
  alive: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => party(n)),
  submitter: party(1),
  creator: party(2),
  flags: [],
  drawn: [],
};

function record(facts: PoolFacts): RecordedDraw {
  const pool = poolOf(facts);
  const seed = seedOf(sha256, ROOT, CLAIM);
  const reviewers = drawReviewers(sha256, { seed, pool, seats: SEATS });
  const poolHash = hashPool(sha256, pool);
  return { claimId: CLAIM, seats: SEATS, pool, poolHash, root: ROOT, seed, reviewers };
}

const reasons = (pool: readonly Candidate[]) =>
  Object.fromEntries(pool.map(({ agentId, excluded }) => [agentId, excluded]));

describe('the pool', () => {
  it('says of everybody who is alive why they may not be drawn', () => {
    const pool = poolOf({
      alive: [
        ...[party(1), party(2), party(3, 'acc_1'), party(4, 'acc_2'), party(5, null), party(6), party(7)],
        ...[party(8), party(9)],
      ],
      submitter: party(1),
      creator: party(2),
      flags: [
        { id: 'flg_1', agent: agent(1), other: agent(6) },
        { id: 'flg_2', agent: agent(7), other: agent(1) },
        { id: 'flg_3', agent: agent(8), other: agent(9) },
      ],
      drawn: [agent(9)],
    });
    expect(reasons(pool)).toEqual({
      [agent(1)]: 'submitter',
      [agent(2)]: 'creator',
      [agent(3)]: 'same-owner',
      [agent(4)]: 'same-owner',
      [agent(5)]: 'unclaimed',
      // Flags count in either direction.
      [agent(6)]: 'flagged',
      [agent(7)]: 'flagged',
      // A flag between two others is none of this claim.
      [agent(8)]: null,
      [agent(9)]: 'already-drawn',
    });
    expect(pool.find(({ agentId }) => agentId === agent(7))?.flagId).toBe('flg_2');
  });

  it('takes nobody for an owner of two agents that nobody has claimed', () => {
    const pool = poolOf({ ...FACTS, submitter: party(1, null), alive: [party(3), party(4, null)] });
    expect(reasons(pool)).toEqual({ [agent(3)]: null, [agent(4)]: 'unclaimed' });
  });

  it('is the same in whatever order agents are read', () => {
    const turned = poolOf({ ...FACTS, alive: [...FACTS.alive].reverse() });
    expect(turned).toEqual(poolOf(FACTS));
    expect(hashPool(sha256, [...turned].reverse())).toBe(hashPool(sha256, poolOf(FACTS)));
  });
});

describe('a draw', () => {
  it('is the same three whenever it is replayed from its record', () => {
    const recorded = record(FACTS);
    expect(new Set(recorded.reviewers).size).toBe(3);
    const eligible = eligibleOf(recorded.pool).map(({ agentId }) => agentId);
    expect(recorded.reviewers.every((id) => eligible.includes(id))).toBe(true);
    expect(replayDraw(sha256, JSON.parse(JSON.stringify(recorded)))).toMatchObject({
      differs: [],
      reviewers: recorded.reviewers,
    });
  });

  it('changes visibly with one flag, and only by the one who is flagged', () => {
    const before = record(FACTS);
    const [first = ''] = before.reviewers;
    const after = record({ ...FACTS, flags: [{ id: 'flg_1', agent: first, other: agent(1) }] });
    expect(after.reviewers).not.toContain(first);
    expect(after.reviewers.slice(0, 2)).toEqual(before.reviewers.slice(1));
    expect(after.poolHash).not.toBe(before.poolHash);
  });

  it('depends on the checkpoint and on the claim', () => {
    const draws = Array.from({ length: 16 }, (_, n) => {
      const seed = seedOf(sha256, ROOT, `${CLAIM}${n}`);
      return drawReviewers(sha256, { seed, pool: poolOf(FACTS), seats: SEATS }).join();
    });
    expect(new Set(draws).size).toBeGreaterThan(4);
    expect(seedOf(sha256, 'ac'.repeat(32), CLAIM)).not.toBe(seedOf(sha256, ROOT, CLAIM));
  });

  it('draws nobody who is excluded, even when seats stay empty', () => {
    const pool = poolOf({ ...FACTS, alive: [party(1), party(2), party(3)] });
    expect(drawReviewers(sha256, { seed: ROOT, pool, seats: SEATS })).toEqual([agent(3)]);
  });

  it.each([
    [
      'an exclusion that was taken away',
      'pool',
      (draw: RecordedDraw) => ({
        ...draw,
        pool: draw.pool.map((one) => ({ ...one, excluded: null })),
      }),
    ],
    ['another seed', 'seed', (draw: RecordedDraw) => ({ ...draw, seed: '00'.repeat(32) })],
    [
      'another reviewer',
      'reviewers',
      (draw: RecordedDraw) => ({
        ...draw,
        reviewers: [agent(1), ...draw.reviewers.slice(1)],
      }),
    ],
    ['another root', 'seed', (draw: RecordedDraw) => ({ ...draw, root: '11'.repeat(32) })],
  ] as const)('a record with %s does not hold', (_what, names, change) => {
    expect(replayDraw(sha256, change(record(FACTS))).differs).toContain(names);
  });
});
