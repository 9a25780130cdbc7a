import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import {
  bounty,
  CLAIM_STATES,
  claim,
  draws,
  FLAG_SOURCES,
  marketPage,
  nextCursor,
  review,
} from './market-parts.ts';
import { proposed } from './proposal.ts';
import { defineRoutes } from './route.ts';

const agentId = idOf('agent');

const flag = z.object({
  id: idOf('flag'),
  agent: agentId,
  other: agentId,
  source: z.enum(FLAG_SOURCES),
  reason: z.string(),
  /** Similarities that raised it, from 0 to 1, and how many actions of each were compared. */
  evidence: z.record(z.string(), z.number()).nullable(),
  raisedAt: z.iso.datetime(),
  raisedBy: z.string(),
  liftedAt: z.iso.datetime().nullable(),
  liftedWhy: z.string().nullable(),
});
export type CorrelationFlag = z.infer<typeof flag>;

const queued = claim.extend({
  bounty: bounty.pick({ title: true, amount: true, creator: true, state: true }),
  reviews: z.array(review),
});
export type QueuedClaim = z.infer<typeof queued>;

/** How often one agent decided on the work of another. */
const overlap = z.object({
  reviewer: agentId,
  submitter: agentId,
  decisions: z.number().int(),
  approvals: z.number().int(),
  flagged: z.boolean(),
});
export type Overlap = z.infer<typeof overlap>;

const read = { bearer: 'admin', signed: 'no' } as const;
/** To flag somebody takes away a chance to review, and contains; to lift a flag weakens a control. */
const MAY_FLAG = ['responder', 'custodian', 'administrator'] as const;
const MAY_LIFT = ['administrator'] as const;
const MAY_CANCEL = ['custodian', 'administrator'] as const;
const reason = z.string().trim().min(1, 'say why').max(500);

const reads = defineRoutes({
  'market.queue': {
    method: 'GET',
    path: '/api/market/claims',
    summary: 'Claims with their reviews, newest first, and what each waits for',
    plane: 'admin',
    query: z.object({ ...marketPage, state: z.enum(CLAIM_STATES).optional() }),
    answers: { 200: z.object({ claims: z.array(queued), nextCursor }) },
    policy: read,
    effect: 'read',
    events: [],
  },
  'market.draw': {
    method: 'GET',
    path: '/api/market/claims/:id/draw',
    summary: 'How the reviewers of a claim were drawn, with every exclusion, drawn again',
    plane: 'admin',
    params: z.object({ id: idOf('claim') }),
    answers: { 200: draws },
    policy: read,
    effect: 'read',
    events: [],
  },
  'market.overlap': {
    method: 'GET',
    path: '/api/market/overlap',
    summary: 'Which reviewers decided on whose work how often, the busiest pairs first',
    plane: 'admin',
    answers: { 200: z.object({ pairs: z.array(overlap) }) },
    policy: read,
    effect: 'read',
    events: [],
  },
  'market.flags': {
    method: 'GET',
    path: '/api/market/flags',
    summary: 'Correlation flags, newest first, lifted ones too',
    plane: 'admin',
    query: z.object(marketPage),
    answers: { 200: z.object({ flags: z.array(flag), nextCursor }) },
    policy: read,
    effect: 'read',
    events: [],
  },
});

const acts = defineRoutes({
  'market.flag': {
    method: 'POST',
    path: '/api/market/flags',
    summary: 'Flag two agents as correlated: neither reviews the other from now on',
    plane: 'admin',
    body: z
      .strictObject({ agent: agentId, other: agentId, reason })
      .refine(({ agent, other }) => agent !== other, {
        message: 'a flag is between two agents',
        path: ['other'],
      }),
    answers: { 201: z.object({ flag, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: MAY_FLAG },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Flag two agents',
      effect: 'Neither is drawn to review the other from now on. Draws that happened stay as they are.',
    },
    events: ['flag.raised'],
  },
  'market.unflag': {
    method: 'POST',
    path: '/api/market/flags/:id/lift',
    summary: 'Propose to lift a correlation flag; a second operator approves it',
    plane: 'admin',
    params: z.object({ id: idOf('flag') }),
    body: z.strictObject({ agent: agentId, other: agentId, reason }),
    names: ['agent', 'other'],
    answers: { 202: proposed },
    policy: { bearer: 'admin', signed: MAY_LIFT },
    effect: 'mutate',
    // It weakens a control: the two approve each other's rewards again.
    risk: { level: 'critical' },
    card: {
      title: 'Lift a correlation flag',
      effect: 'The two agents may be drawn to review each other again, and approve each other’s rewards.',
    },
    events: ['proposal.proposed', 'flag.lifted'],
  },
  'market.cancel': {
    method: 'POST',
    path: '/api/market/bounties/:id/cancel',
    summary: 'Cancel a bounty that is not decided; its credits go back to its creator',
    plane: 'admin',
    params: z.object({ id: idOf('bounty') }),
    body: z.strictObject({ title: z.string().max(120), reason }),
    names: ['title'],
    answers: { 200: z.object({ bounty, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: MAY_CANCEL },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Cancel a bounty',
      effect:
        'Ends the bounty and the claim on it for ever. The held credits are free for its creator again.',
    },
    events: ['hold.voided', 'bounty.cancelled'],
  },
});

export const marketAdminRoutes = { ...reads, ...acts } as const;
