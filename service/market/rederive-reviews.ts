import { derive, type Telling } from '../ledger/derive.ts';
import { sha256 } from '../ledger/entry-row.ts';
import type { Rederiver } from '../ledger/rederive.ts';
import { everyClaim, everyDrawn, everyFlag, everyReview } from './states.store.ts';

interface ClaimState {
  readonly bountyId: string;
  readonly agentId: string;
  readonly state: string;
  /** SHA-256 of what was handed in; null before. */
  readonly contentHash: string | null;
  readonly entry: string | null;
}

/** Claims on bounties: whose work it is, what was handed in, and what became of it. */
export const claimStates = derive<ClaimState>({
  domain: 'claims',
  tables: ['bounty_claims'],
  stored: async function* (tx) {
    for await (const { id, submission, ...row } of everyClaim(tx)) {
      const contentHash = submission === null ? null : sha256(Buffer.from(submission)).toString('hex');
      const { bounty_id: bountyId, agent_id: agentId, state, submitted_entry: entry } = row;
      yield [id, { bountyId, agentId, state, contentHash, entry }];
    }
  },
  steps: {
    'bounty.claimed': (told, { bountyId, claimId }, { actor: agentId }) =>
      told.is(claimId, { bountyId, agentId, state: 'claimed', contentHash: null, entry: null }),
    'claim.submitted': (told, { claimId, contentHash }, { id: entry }) =>
      told.is(claimId, { state: 'submitted', contentHash, entry }),
    'claim.lapsed': (told, { claimId }) => told.is(claimId, { state: 'lapsed' }),
    'claim.decided': (told, { claimId, outcome }) => told.is(claimId, { state: outcome }),
    'bounty.cancelled': (told, { claimId }) => {
      if (claimId !== null) told.is(claimId, { state: 'cancelled' });
    },
  },
});

interface ReviewState {
  readonly round: number;
  readonly state: string;
  readonly reason: string | null;
}

/** Reviews: who was drawn, and how they decided. */
export function reviewStates(): Rederiver {
  const ofClaim = new Map<string, string[]>();
  /** Whoever has not decided when the claim is over need not. */
  const release = (told: Telling<ReviewState>, claimId: string) => {
    for (const id of ofClaim.get(claimId) ?? [])
      if (told.of(id)?.state === 'assigned') told.is(id, { state: 'released' });
    ofClaim.delete(claimId);
  };
  return derive<ReviewState>({
    domain: 'reviews',
    tables: ['claim_reviews'],
    stored: async function* (tx) {
      for await (const { id, ...review } of everyReview(tx)) yield [id, review];
    },
    steps: {
      'review.drawn': (told, { claimId, round, reviewers }) => {
        const seats = reviewers.map((reviewer) => `${claimId} ${reviewer}`);
        for (const id of seats) told.is(id, { round, state: 'assigned', reason: null });
        ofClaim.set(claimId, [...(ofClaim.get(claimId) ?? []), ...seats]);
      },
      'review.decided': (told, { claimId, verdict, reason }, { actor: reviewer }) =>
        told.is(`${claimId} ${reviewer}`, { state: verdict, reason }),
      'review.replaced': (told, { claimId, reviewer }) =>
        told.is(`${claimId} ${reviewer}`, { state: 'replaced' }),
      'claim.decided': (told, { claimId }) => release(told, claimId),
      'bounty.cancelled': (told, { claimId }) => {
        if (claimId !== null) release(told, claimId);
      },
    },
  })();
}

interface DrawState {
  readonly poolHash: string;
  readonly size: number;
  readonly root: string;
  readonly seed: string;
  readonly reviewers: string;
}

/** Draws that were done: from which pool and checkpoint, and who was drawn. Rounds that wait or were given up are told by halves only. */
export const drawStates = derive<DrawState>({
  domain: 'draws',
  tables: ['market_draws'],
  stored: async function* (tx) {
    for await (const { id, ...row } of everyDrawn(tx))
      yield [
        id,
        {
          ...{ poolHash: row.pool_hash.toString('hex'), size: Number(row.checkpoint_size) },
          ...{ root: row.root.toString('hex'), seed: row.seed.toString('hex') },
          reviewers: row.reviewers.join(' '),
        },
      ];
  },
  steps: {
    'review.drawn': (told, { claimId, round, reviewers, ...drawn }) =>
      told.is(`${claimId} ${round}`, { ...drawn, reviewers: reviewers.join(' ') }),
  },
});

interface FlagState {
  readonly agent: string;
  readonly other: string;
  readonly source: string;
  readonly reason: string;
  readonly liftedBy: string | null;
  readonly liftedWhy: string | null;
}

/** Pairs of agents that may not review each other. */
export const flagStates = derive<FlagState>({
  domain: 'correlation flags',
  tables: ['correlation_flags'],
  stored: async function* (tx) {
    for await (const { id, lifted_by: liftedBy, lifted_why: liftedWhy, ...flag } of everyFlag(tx))
      yield [id, { ...flag, liftedBy, liftedWhy }];
  },
  steps: {
    'flag.raised': (told, { flagId, ...flag }) =>
      told.is(flagId, { ...flag, liftedBy: null, liftedWhy: null }),
    'flag.lifted': (told, { flagId, reason: liftedWhy }, { actor: liftedBy }) =>
      told.is(flagId, { liftedBy, liftedWhy }),
  },
});
