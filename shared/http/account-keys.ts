import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { requestsPerMinute } from './key-rate.ts';
import { apiKey, keyFamily, keyLabel, keyState, spendLimit } from './keys.ts';
import { defineRoutes } from './route.ts';

const params = z.object({ id: idOf('key') });
const holder = { bearer: ['session', 'management'], signed: 'no' } as const;
const byHolder = {
  ...holder,
  unsignedBecause:
    'An account manages its own keys and proves itself with its session or a management key; it has no operator’s key.',
} as const;
const changed = { 200: z.object({ key: apiKey }) };

/** The keys of the calling account. Raising one above the default rate is not here: two operators do that (`limits.raise`). */
export const accountKeyRoutes = defineRoutes({
  'account-keys.create': {
    method: 'POST',
    path: '/api/v1/keys',
    summary: 'Create a key of the calling account; the whole key is in this answer and nowhere else',
    plane: 'public',
    body: z.strictObject({
      label: keyLabel,
      /** A management key is made with a session only. */
      family: keyFamily.default('inference'),
      /** One of the account’s agents: the key spends from its wallet. */
      agentId: idOf('agent').nullable().default(null),
      /** Absent: the default. */
      requestsPerMinute: requestsPerMinute.optional(),
      spendLimit: spendLimit.nullable().default(null),
      expiresAt: z.iso.datetime().nullable().default(null),
    }),
    answers: { 201: z.object({ key: apiKey, secret: z.string() }) },
    policy: byHolder,
    effect: 'mutate',
    events: ['key.issued'],
  },
  'account-keys.list': {
    method: 'GET',
    path: '/api/v1/keys',
    summary: 'The keys of the calling account, newest first; never their material',
    plane: 'public',
    query: z.object({
      state: keyState.optional(),
      family: keyFamily.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(200),
      cursor: z.string().optional(),
    }),
    answers: { 200: z.object({ keys: z.array(apiKey), nextCursor: z.string().nullable() }) },
    policy: holder,
    effect: 'read',
    events: [],
  },
  'account-keys.get': {
    method: 'GET',
    path: '/api/v1/keys/:id',
    summary: 'One key of the calling account',
    plane: 'public',
    params,
    answers: changed,
    policy: { ...holder, owner: 403 },
    effect: 'read',
    events: [],
  },
  'account-keys.update': {
    method: 'POST',
    path: '/api/v1/keys/:id/update',
    summary: 'Change the name or the limits of a key; what is absent stays, and a revoked key stays revoked',
    plane: 'public',
    params,
    body: z.strictObject({
      label: keyLabel.optional(),
      requestsPerMinute: requestsPerMinute.optional(),
      spendLimit: spendLimit.nullable().optional(),
    }),
    answers: changed,
    policy: { ...byHolder, owner: 403 },
    effect: 'mutate',
    events: ['key.changed'],
  },
  'account-keys.revoke': {
    method: 'POST',
    path: '/api/v1/keys/:id/revoke',
    summary: 'Revoke a key for ever, unless it is the one that calls; its next request is 401',
    plane: 'public',
    params,
    body: z.strictObject({ reason: z.string().trim().min(1, 'say why').max(500) }),
    answers: changed,
    policy: { ...byHolder, owner: 403 },
    effect: 'mutate',
    events: ['key.revoked'],
  },
});
