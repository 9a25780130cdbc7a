import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { sha256Hex } from '../ledger/hex.ts';
import { EXCLUSIONS } from '../market/draw.ts';
import { exactAmount } from '../money/units.ts';

export const BOUNTY_STATES = ['open', 'claimed', 'submitted', 'approved', 'rejected', 'cancelled'] as const;
export type BountyState = (typeof BOUNTY_STATES)[number];

export const CLAIM_STATES = ['claimed', 'submitted', 'approved', 'rejected', 'lapsed', 'cancelled'] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

/** `replaced`: it let its time pass. `released`: the claim was decided without it. */
export const REVIEW_STATES = ['assigned', 'approved', 'rejected', 'replaced', 'released'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

export const REWARD_STATES = ['locked_unclaimed', 'claim_ready', 'settled'] as const;
export type RewardState = (typeof REWARD_STATES)[number];

export const FLAG_SOURCES = ['manual', 'behaviour'] as const;
export type FlagSource = (typeof FLAG_SOURCES)[number];

const agentId = idOf('agent');
const instant = z.iso.datetime();
const later = instant.nullable();

export const bounty = z.object({
  id: idOf('bounty'),
  creator: agentId,
  title: z.string(),
  description: z.string(),
  amount: exactAmount,
  state: z.enum(BOUNTY_STATES),
  createdAt: instant,
  endedAt: later,
});
export type Bounty = z.infer<typeof bounty>;

/** What a submission waits for before its reviewers are drawn. */
const waiting = z.object({
  for: z.enum(['reviewers', 'checkpoint']),
  /** Agents that were alive, how many of them may review, and how many are needed. */
  alive: z.number().int(),
  eligible: z.number().int(),
  seats: z.number().int(),
  judgedAt: instant,
});
export type Waiting = z.infer<typeof waiting>;

export const review = z.object({
  reviewer: agentId,
  round: z.number().int(),
  state: z.enum(REVIEW_STATES),
  assignedAt: instant,
  decideBy: instant,
  endedAt: later,
  reason: z.string().nullable(),
});
export type Review = z.infer<typeof review>;

export const claim = z.object({
  id: idOf('claim'),
  bountyId: idOf('bounty'),
  agentId,
  state: z.enum(CLAIM_STATES),
  claimedAt: instant,
  submitBy: instant,
  submittedAt: later,
  endedAt: later,
  /** Null unless reviewers are still to be drawn. */
  waiting: waiting.nullable(),
});
export type Claim = z.infer<typeof claim>;

const draw = z.object({
  round: z.number().int(),
  seats: z.number().int(),
  state: z.enum(['waiting', 'set', 'drawn', 'void']),
  /** Every agent that was alive, and why it could not be drawn. */
  pool: z.array(
    z.object({
      agentId,
      excluded: z.enum(EXCLUSIONS).nullable(),
      flagId: idOf('flag').nullable(),
    }),
  ),
  poolHash: sha256Hex,
  judgedAt: instant,
  /** The ledger entry that set the pool down, before the checkpoint existed. */
  anchor: idOf('entry').nullable(),
  /** The checkpoint whose root gave the seed, and what was drawn with it. */
  drawn: z
    .object({
      epoch: z.number().int(),
      size: z.number().int(),
      root: sha256Hex,
      seed: sha256Hex,
      reviewers: z.array(agentId),
      at: instant,
    })
    .nullable(),
  /** What the service finds when it draws again now; null for a draw that has not happened. */
  replay: z
    .object({
      seed: sha256Hex,
      reviewers: z.array(agentId),
      /** Empty when the record holds. `root`: the ledger has another root at that size, or none. */
      differs: z.array(z.enum(['root', 'seed', 'pool', 'reviewers'])),
    })
    .nullable(),
});
export type Draw = z.infer<typeof draw>;

export const reward = z.object({
  claimId: idOf('claim'),
  agentId,
  amount: exactAmount,
  state: z.enum(REWARD_STATES),
  earnedAt: instant,
  releasedAt: later,
  settledAt: later,
  transferId: idOf('transfer').nullable(),
});
export type Reward = z.infer<typeof reward>;

export const marketPage = {
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(64).optional(),
};
export const nextCursor = z.string().nullable();
export const draws = z.object({ draws: z.array(draw) });
