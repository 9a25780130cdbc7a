import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { carriedSignature, proposal, proposalDigest, proposalProof, proposalState } from './proposal.ts';
import { defineRoutes } from './route.ts';

const EXECUTES = [
  'proposal.approved',
  'proposal.executed',
  'key.limit-raised',
  'operator.role-changed',
  'operator.enrolled',
  'payer.key-retired',
] as const;

export const proposalRoutes = defineRoutes({
  'proposals.list': {
    method: 'GET',
    path: '/api/proposals',
    summary: 'Proposals of critical actions, newest first, with both signatures judged afresh',
    plane: 'admin',
    query: z.object({
      state: proposalState.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().optional(),
    }),
    answers: { 200: z.object({ proposals: z.array(proposal), nextCursor: z.string().nullable() }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'proposals.get': {
    method: 'GET',
    path: '/api/proposals/:id',
    summary: 'One proposal as it stands now: what a second person is shown before signing',
    plane: 'admin',
    params: z.object({ id: idOf('proposal') }),
    answers: { 200: z.object({ proposal, proof: proposalProof }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'proposals.approve': {
    method: 'POST',
    path: '/api/proposals/:id/approve',
    summary: 'Approve a proposal as the second person, which executes it',
    plane: 'admin',
    params: z.object({ id: idOf('proposal') }),
    body: z.strictObject({ digest: proposalDigest }),
    answers: { 200: z.object({ proposal, eventId: idOf('entry') }) },
    // Who may approve what is decided by the role that the proposed route takes.
    policy: { bearer: 'admin', signed: ['responder', 'custodian', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    approves: true,
    card: { title: 'Approve a proposal', effect: 'Executes what the proposal says, at once.' },
    events: EXECUTES,
  },
  'proposals.deliver': {
    method: 'POST',
    path: '/api/proposals/:id/deliver',
    summary: 'Bring the approval that a second person signed away from the service, which executes it',
    plane: 'admin',
    params: z.object({ id: idOf('proposal') }),
    // Two signatures: the second person's, inside, over the digest; and that of whoever brings it, over all of this.
    body: z.strictObject({ route: z.string().max(100), digest: proposalDigest, approval: carriedSignature }),
    names: ['route', 'digest'],
    answers: { 200: z.object({ proposal, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'custodian', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Bring an approval',
      effect: 'Executes what the proposal says, at once. You carry it; the second person has signed it.',
    },
    events: EXECUTES,
  },
  'proposals.withdraw': {
    method: 'POST',
    path: '/api/proposals/:id/withdraw',
    summary: 'Withdraw an open proposal; it can never be approved after that',
    plane: 'admin',
    params: z.object({ id: idOf('proposal') }),
    body: z.strictObject({ reason: z.string().trim().min(1, 'say why').max(500) }),
    answers: { 200: z.object({ proposal, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'custodian', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Withdraw a proposal',
      effect: 'The proposed action does not happen. It can be proposed again.',
    },
    events: ['proposal.withdrawn'],
  },
});
