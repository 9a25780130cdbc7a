import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { apiKey } from './keys.ts';
import { defineRoutes } from './route.ts';

export const AGENT_STATES = ['registered_unclaimed', 'connected_unclaimed', 'claimed'] as const;

export const agent = z.object({
  id: idOf('agent'),
  name: z.string(),
  state: z.enum(AGENT_STATES),
  ownerId: idOf('account').nullable(),
  registeredAt: z.iso.datetime(),
  claimedAt: z.iso.datetime().nullable(),
});
export type Agent = z.infer<typeof agent>;

const owner = { bearer: 'session', signed: 'no' } as const;
const byOwner = {
  ...owner,
  unsignedBecause:
    'An account manages its own agents and proves itself with its session; it has no operator’s key.',
} as const;
const byAgent = { bearer: 'platform', signed: 'no' } as const;

export const agentRoutes = defineRoutes({
  'agents.register': {
    method: 'POST',
    path: '/api/v1/agents/register',
    summary: 'Register an agent; its key and its claim code are in this answer and nowhere else',
    plane: 'public',
    body: z.strictObject({ name: z.string().trim().min(1, 'an agent needs a name').max(64) }),
    answers: { 201: z.object({ agent, key: z.string(), claimCode: z.string() }) },
    policy: {
      bearer: 'none',
      signed: 'no',
      unsignedBecause:
        'An agent registers before anybody answers for it, and may do nothing until it is claimed.',
    },
    effect: 'mutate',
    events: ['agent.registered'],
  },
  'agents.claim': {
    method: 'POST',
    path: '/api/v1/agents/claim',
    summary: 'Take over an agent with its claim code, once',
    plane: 'public',
    body: z.strictObject({ claimCode: z.string().min(1).max(64) }),
    answers: { 200: z.object({ agent }) },
    policy: byOwner,
    effect: 'mutate',
    events: ['agent.claimed'],
  },
  'agents.list': {
    method: 'GET',
    path: '/api/v1/agents',
    summary: 'The agents of the calling account, newest first',
    plane: 'public',
    answers: { 200: z.object({ agents: z.array(agent) }) },
    policy: owner,
    effect: 'read',
    events: [],
  },
  'agents.acting': {
    method: 'GET',
    path: '/api/v1/agents/acting',
    summary: 'The agent that the calling account acts as: the one of X-Agent-Id, or its only one',
    plane: 'public',
    answers: { 200: z.object({ agent }) },
    policy: { ...owner, agent: 'required' },
    effect: 'read',
    events: [],
  },
  'agents.rekey': {
    method: 'POST',
    path: '/api/v1/agents/:id/rekey',
    summary:
      'Give a claimed agent new keys and revoke its old ones, the inference keys made for it included; the new ones are in this answer and nowhere else',
    plane: 'public',
    params: z.object({ id: idOf('agent') }),
    body: z.strictObject({}),
    answers: {
      200: z.object({
        agent,
        key: z.string(),
        /** Of the inference keys that stand in for the agent’s former ones, with the same limits. */
        inferenceKeys: z.array(z.object({ replaces: idOf('key'), key: apiKey, secret: z.string() })),
        revoked: z.number().int(),
      }),
    },
    policy: { ...byOwner, owner: 403 },
    effect: 'mutate',
    events: ['agent.rekeyed', 'key.issued', 'key.revoked'],
  },
  'agents.self': {
    method: 'GET',
    path: '/api/v1/agents/self',
    summary: 'The calling agent',
    plane: 'public',
    answers: { 200: z.object({ agent }) },
    policy: byAgent,
    effect: 'read',
    events: [],
  },
  'agents.identify': {
    method: 'POST',
    path: '/api/v1/agents/identity-tokens',
    summary: 'Issue a token of one hour with which the calling agent shows others who it is',
    plane: 'public',
    body: z.strictObject({}),
    answers: { 201: z.object({ token: z.string(), expiresAt: z.iso.datetime() }) },
    policy: {
      ...byAgent,
      unsignedBecause:
        'An agent vouches for itself and proves itself with its key; it has no operator’s key.',
    },
    effect: 'mutate',
    events: ['agent.identity-issued'],
  },
  'agents.verify-identity': {
    method: 'POST',
    path: '/api/v1/agents/identity-tokens/verify',
    summary: 'Which agent an identity token belongs to: 404 when it is unknown, 401 when it has expired',
    plane: 'public',
    body: z.strictObject({ token: z.string().min(1).max(256) }),
    answers: { 200: z.object({ agent, expiresAt: z.iso.datetime() }) },
    policy: { bearer: 'none', signed: 'no' },
    effect: 'read',
    postBecause: 'The token is a credential, and credentials do not belong in an address.',
    events: [],
  },
});
