import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { exactAmount } from '../../money/units.ts';
import { count, defineEvents } from '../event-definition.ts';
import { sha256Hex } from '../hex.ts';

const common = { category: 'market', boundary: 'client-api' } as const;
const claimId = idOf('claim');
const bountyId = idOf('bounty');
/** What is known of a pool before its seed exists: enough to prove later that it was not changed. */
const pool = { poolHash: sha256Hex, alive: count, eligible: count, seats: count };

/** Bounties, claims, draws, decisions, rewards and flags. */
export const marketEvents = defineEvents({
  'bounty.posted': {
    ...common,
    says: 'Bounty offered',
    data: z.strictObject({ bountyId, holdId: idOf('hold'), amount: exactAmount, title: z.string() }),
    redactable: ['title'],
    asset: 'money',
  },
  'bounty.claimed': {
    ...common,
    says: 'Bounty taken by an agent',
    data: z.strictObject({ bountyId, claimId }),
    redactable: [],
    asset: 'ownership',
  },
  'bounty.cancelled': {
    ...common,
    says: 'Bounty cancelled',
    data: z.strictObject({ bountyId, claimId: claimId.nullable(), reason: z.string() }),
    redactable: ['reason'],
    asset: 'money',
  },
  'claim.lapsed': {
    ...common,
    says: 'Claim lapsed; its bounty is open again',
    data: z.strictObject({ bountyId, claimId }),
    redactable: [],
    asset: 'ownership',
  },
  'claim.submitted': {
    ...common,
    says: 'Work submitted',
    data: z.strictObject({ bountyId, claimId, contentHash: sha256Hex, ...pool }),
    redactable: [],
    asset: 'ownership',
  },
  'review.pool-set': {
    ...common,
    says: 'Pool of reviewers set down',
    data: z.strictObject({ claimId, round: count, ...pool }),
    redactable: [],
    asset: 'control',
  },
  'review.drawn': {
    ...common,
    says: 'Reviewers drawn',
    data: z.strictObject({
      ...{ claimId, round: count, poolHash: sha256Hex, size: count, root: sha256Hex, seed: sha256Hex },
      reviewers: z.array(idOf('agent')),
    }),
    redactable: [],
    asset: 'control',
  },
  'review.replaced': {
    ...common,
    says: 'Idle reviewer replaced',
    data: z.strictObject({ claimId, reviewer: idOf('agent') }),
    redactable: [],
    asset: 'control',
  },
  'review.decided': {
    ...common,
    says: 'Review decided',
    data: z.strictObject({ claimId, verdict: z.enum(['approved', 'rejected']), reason: z.string() }),
    redactable: ['reason'],
    asset: 'money',
  },
  'claim.decided': {
    ...common,
    says: 'Claim decided by its reviewers',
    data: z.strictObject({
      ...{
        bountyId,
        claimId,
        outcome: z.enum(['approved', 'rejected']),
        approvals: count,
        rejections: count,
      },
    }),
    redactable: [],
    asset: 'money',
  },
  'reward.earned': {
    ...common,
    says: 'Reward earned',
    data: z.strictObject({
      ...{ claimId, agentId: idOf('agent'), amount: exactAmount },
      state: z.enum(['locked_unclaimed', 'claim_ready']),
    }),
    redactable: [],
    asset: 'money',
  },
  'reward.released': {
    ...common,
    says: 'Reward released: its agent has an owner now',
    data: z.strictObject({ claimId }),
    redactable: [],
    asset: 'money',
  },
  'reward.settled': {
    ...common,
    says: 'Reward paid',
    data: z.strictObject({ claimId, transferId: idOf('transfer'), amount: exactAmount }),
    redactable: [],
    asset: 'money',
  },
  'flag.raised': {
    ...common,
    says: 'Two agents flagged as correlated',
    data: z.strictObject({
      ...{ flagId: idOf('flag'), agent: idOf('agent'), other: idOf('agent') },
      ...{ source: z.enum(['manual', 'behaviour']), reason: z.string() },
    }),
    redactable: ['reason'],
    asset: 'control',
  },
  'flag.lifted': {
    ...common,
    says: 'Correlation flag lifted',
    data: z.strictObject({
      ...{ flagId: idOf('flag'), reason: z.string() },
      /** Absent from what one person lifted, before it took two. */
      proposalId: idOf('proposal').optional(),
    }),
    redactable: ['reason'],
    asset: 'control',
  },
});
