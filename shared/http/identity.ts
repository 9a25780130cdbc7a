import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { AGENT_STATES, agent } from './agents.ts';
import { account, accountRole, email } from './auth.ts';
import {
  agentHealth,
  CREDENTIAL_FAMILIES,
  CREDENTIAL_STATES,
  identityAccount,
  identityAgent,
  identityKey,
  identitySession,
  LOGIN_STATES,
  SESSION_STATES,
} from './identity-parts.ts';
import { givenPrefix } from './keys.ts';
import { defineRoutes } from './route.ts';

const page = {
  limit: z.coerce.number().int().min(1).max(200).default(100),
  cursor: z.string().max(64).optional(),
  /** Part of an e-mail address, a name, the beginning of a key, or a whole id. */
  search: z.string().trim().min(1).max(100).optional(),
};
const next = z.string().nullable();
const reason = z.string().trim().min(1, 'say why').max(500);
const eventId = idOf('entry');

const read = {
  method: 'GET',
  plane: 'admin',
  policy: { bearer: 'admin', signed: 'no' },
  effect: 'read',
  events: [],
} as const;
const contain = {
  method: 'POST',
  plane: 'admin',
  policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
  effect: 'mutate',
  risk: { level: 'sensitive' },
} as const;

/** An agent is named by what it calls itself, which others may too, and by the beginning of one of its keys, which is its own. */
const namedAgent = { name: agent.shape.name.min(1).max(64), displayPrefix: givenPrefix };

/** Who has an account, an agent, a session or a key, and what containment does to each (SPEC 1, 16). */
export const identityRoutes = defineRoutes({
  'identity.accounts': {
    ...read,
    path: '/api/identity/accounts',
    summary: 'Accounts, newest first, with what belongs to each',
    query: z.object({ ...page, state: z.enum(LOGIN_STATES).optional(), role: accountRole.optional() }),
    answers: { 200: z.object({ accounts: z.array(identityAccount), nextCursor: next }) },
  },
  'identity.account': {
    ...read,
    path: '/api/identity/accounts/:id',
    summary: 'One account, with what belongs to it',
    params: z.object({ id: account.shape.id }),
    answers: { 200: z.object({ account: identityAccount }) },
  },
  'identity.agents': {
    ...read,
    path: '/api/identity/agents',
    summary: 'Agents, newest first, with their owners and last heartbeats',
    query: z.object({
      ...page,
      state: z.enum(AGENT_STATES).optional(),
      account: account.shape.id.optional(),
    }),
    answers: { 200: z.object({ agents: z.array(identityAgent), nextCursor: next }) },
  },
  'identity.agent': {
    ...read,
    path: '/api/identity/agents/:id',
    summary: 'One agent and the health of its heartbeats',
    params: z.object({ id: agent.shape.id }),
    answers: { 200: z.object({ agent: identityAgent, health: agentHealth.nullable() }) },
  },
  'identity.sessions': {
    ...read,
    path: '/api/identity/sessions',
    summary: 'Sessions of accounts, newest first; never a token',
    query: z.object({
      ...page,
      state: z.enum(SESSION_STATES).optional(),
      account: account.shape.id.optional(),
    }),
    answers: { 200: z.object({ sessions: z.array(identitySession), nextCursor: next }) },
  },
  'identity.keys': {
    ...read,
    path: '/api/identity/keys',
    summary: 'Keys and identity tokens of every family, newest first; never their material',
    query: z.object({
      ...page,
      family: z.enum(CREDENTIAL_FAMILIES).optional(),
      state: z.enum(CREDENTIAL_STATES).optional(),
      account: account.shape.id.optional(),
      agent: agent.shape.id.optional(),
    }),
    answers: { 200: z.object({ keys: z.array(identityKey), nextCursor: next }) },
  },
  'identity.revoke-session': {
    ...contain,
    path: '/api/identity/sessions/:id/revoke',
    summary: 'End one session of an account; its tokens are refused from now on',
    params: z.object({ id: identitySession.shape.id }),
    body: z.strictObject({ email, openedAt: z.iso.datetime(), reason }),
    answers: { 200: z.object({ session: identitySession, eventId }) },
    card: {
      title: 'End a session of an account',
      effect: 'The device that opened this session is logged out now. Other sessions of the account go on.',
    },
    names: ['email', 'openedAt'],
    events: ['session.revoked'],
  },
  'identity.revoke-agent': {
    ...contain,
    path: '/api/identity/agents/:id/revoke',
    summary:
      'Revoke every platform key, inference key and identity token of an agent; its next request is 401',
    params: z.object({ id: agent.shape.id }),
    body: z.strictObject({ ...namedAgent, reason }),
    answers: {
      200: z.object({ agent: identityAgent, revokedKeys: z.int(), revokedTokens: z.int(), eventId }),
    },
    card: {
      title: 'Revoke all credentials of an agent',
      effect:
        'Every platform key, inference key and identity token of this agent is refused from now on. It cannot be undone; a claimed agent can be given a new key.',
    },
    names: ['name', 'displayPrefix'],
    events: ['agent.credentials-revoked'],
  },
  'identity.rekey-agent': {
    ...contain,
    path: '/api/identity/agents/:id/rekey',
    summary:
      'Give a claimed agent a new key and revoke its old ones; the new key is in this answer and nowhere else',
    // It makes a key with which somebody is this agent, so it takes more than containment does.
    policy: { bearer: 'admin', signed: ['administrator'] },
    params: z.object({ id: agent.shape.id }),
    body: z.strictObject({ ...namedAgent, reason }),
    answers: {
      200: z.object({
        agent: identityAgent,
        secret: z.string(),
        revokedKeys: z.int(),
        revokedTokens: z.int(),
        eventId,
      }),
    },
    card: {
      title: 'Give an agent a new key',
      effect:
        'Whoever holds the new key is this agent. Its present platform keys and identity tokens are refused from now on.',
    },
    names: ['name', 'displayPrefix'],
    events: ['agent.rekeyed-by-operator'],
    reveals: ['secret'],
  },
  'identity.revoke-agent-key': {
    ...contain,
    path: '/api/identity/agent-keys/:id/revoke',
    summary: 'Revoke one platform key of an agent; its next request is 401',
    params: z.object({ id: idOf('key') }),
    body: z.strictObject({ displayPrefix: givenPrefix, reason }),
    answers: { 200: z.object({ key: identityKey, eventId }) },
    card: {
      title: 'Revoke a platform key',
      effect: 'The agent’s requests with this key fail from now on. It cannot be undone.',
    },
    names: ['displayPrefix'],
    events: ['agent.key-revoked'],
  },
  'identity.revoke-token': {
    ...contain,
    path: '/api/identity/tokens/:id/revoke',
    summary: 'Revoke an identity token; whoever verifies it is told 401',
    params: z.object({ id: idOf('identityToken') }),
    body: z.strictObject({ displayPrefix: givenPrefix, reason }),
    answers: { 200: z.object({ key: identityKey, eventId }) },
    card: {
      title: 'Revoke an identity token',
      effect: 'It proves nothing to anybody from now on. The agent may issue others with its key.',
    },
    names: ['displayPrefix'],
    events: ['agent.identity-revoked'],
  },
});
