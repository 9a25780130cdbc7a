import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { exactAmount, MAX_UNITS, parseUnits } from '../money/units.ts';
import { requestsPerMinute } from './key-rate.ts';
import { defineRoutes } from './route.ts';

export const keyLabel = z.string().trim().min(1, 'a key needs a name').max(64);

export const keyFamily = z.enum(['inference', 'management']);
/** A key that has expired is not revoked, and comes back as little. */
export const keyState = z.enum(['active', 'expired', 'revoked']);

const spendable = (text: string): boolean => {
  try {
    const units = parseUnits(text);
    return units >= 0n && units <= MAX_UNITS;
  } catch {
    return false;
  }
};

/** Credits that a key may spend in all; zero is a key that may ask and not spend. */
export const spendLimit = z
  .string()
  .refine(spendable, 'a limit is a number of credits from 0 to 1000000000 with at most eight decimals');

/** The beginning of a key as the signer saw it: prefix and eight characters. */
export const givenPrefix = z.string().min(1).max(32);

export const apiKey = z.object({
  id: idOf('key'),
  family: keyFamily,
  /** Whose key it is; null for one that an operator made for nobody. */
  accountId: idOf('account').nullable(),
  /** The agent of the account that it calls for. */
  agentId: idOf('agent').nullable(),
  label: keyLabel,
  displayPrefix: z.string(),
  requestsPerMinute,
  /** Credits with all eight decimals; null: no limit of its own. */
  spendLimit: exactAmount.nullable(),
  expiresAt: z.iso.datetime().nullable(),
  state: keyState,
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  revokedReason: z.string().nullable(),
});
export type ApiKey = z.infer<typeof apiKey>;

export const keyRoutes = defineRoutes({
  'keys.create': {
    method: 'POST',
    path: '/api/keys',
    summary: 'Create an inference key; the whole key is in this answer and nowhere else',
    plane: 'admin',
    body: z.strictObject({
      label: keyLabel,
      /** At most the default that is configured, which stands for an absent one; raising it takes two persons. */
      requestsPerMinute: requestsPerMinute.optional(),
    }),
    answers: { 201: z.object({ key: apiKey, secret: z.string(), eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Create an inference key',
      effect: 'Whoever holds the new key can call the inference API.',
    },
    events: ['key.created'],
    reveals: ['secret'],
  },
  'keys.list': {
    method: 'GET',
    path: '/api/keys',
    summary: 'Keys, newest first; never their material',
    plane: 'admin',
    query: z.object({
      state: keyState.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(200),
      cursor: z.string().optional(),
    }),
    answers: { 200: z.object({ keys: z.array(apiKey), nextCursor: z.string().nullable() }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'keys.revoke': {
    method: 'POST',
    path: '/api/keys/:id/revoke',
    summary: 'Revoke a key for ever; its next request is 401',
    plane: 'admin',
    params: z.object({ id: idOf('key') }),
    body: z.strictObject({
      displayPrefix: givenPrefix,
      reason: z.string().trim().min(1, 'say why').max(500),
    }),
    answers: { 200: z.object({ key: apiKey, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Revoke a key',
      effect: 'Requests with this key fail from now on. It cannot be undone.',
    },
    names: ['displayPrefix'],
    events: ['key.revoked'],
  },
});
