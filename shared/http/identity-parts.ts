import { z } from 'zod';
import { FAMILIES } from '../ids/credentials.ts';
import { idOf } from '../ids/ids.ts';
import { agent } from './agents.ts';
import { account } from './auth.ts';

/** What is listed of accounts, agents, sessions and keys: never a credential, nor anything that one could be made from. */

export const LOGIN_STATES = ['logged-in', 'logged-out'] as const;
export const SESSION_STATES = ['open', 'expired', 'revoked'] as const;
export const CREDENTIAL_STATES = ['active', 'expired', 'revoked'] as const;
export const CREDENTIAL_FAMILIES = FAMILIES.map(({ family }) => family);

const moment = z.iso.datetime();
const count = z.number().int().nonnegative();

export const identityAccount = account.extend({
  /** Whether it has an open session. */
  state: z.enum(LOGIN_STATES),
  openSessions: count,
  agents: count,
  /** Active ones: its own, and those of its agents. */
  keys: count,
  lastUsedAt: moment.nullable(),
});
export type IdentityAccount = z.infer<typeof identityAccount>;

export const identityAgent = agent.extend({
  ownerEmail: z.string().nullable(),
  activeKeys: count,
  /** The beginning of its newest key, active or not. */
  displayPrefix: z.string(),
  lastUsedAt: moment.nullable(),
  lastHeartbeatAt: moment.nullable(),
});
export type IdentityAgent = z.infer<typeof identityAgent>;

const points = z.number().min(0).max(100);

/** How an agent's heartbeats of the last seven days are rated (SPEC 5). */
export const agentHealth = z.object({
  score: points,
  cadence: points,
  challenge: points,
  latency: points,
  chain: points,
  /** 0 to 1: how much was seen. */
  confidence: z.number().min(0).max(1),
});

export const identitySession = z.object({
  id: idOf('accountSession'),
  accountId: account.shape.id,
  email: account.shape.email,
  state: z.enum(SESSION_STATES),
  openedAt: moment,
  lastUsedAt: moment.nullable(),
  expiresAt: moment,
  revokedAt: moment.nullable(),
  revokedCause: z.string().nullable(),
});
export type IdentitySession = z.infer<typeof identitySession>;

export const identityKey = z.object({
  id: z.union([idOf('key'), idOf('identityToken')]),
  family: z.enum(CREDENTIAL_FAMILIES),
  displayPrefix: z.string(),
  /** The key's own name, or that of its agent. */
  label: z.string(),
  accountId: account.shape.id.nullable(),
  agentId: agent.shape.id.nullable(),
  state: z.enum(CREDENTIAL_STATES),
  createdAt: moment,
  lastUsedAt: moment.nullable(),
  expiresAt: moment.nullable(),
  revokedAt: moment.nullable(),
});
export type IdentityKey = z.infer<typeof identityKey>;
