import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { defineRoutes } from './route.ts';

export const keyLabel = z.string().trim().min(1, 'a key needs a name').max(64);

/** Requests per minute: at least 1; above 100,000 a limit limits nothing on one instance. */
export const requestsPerMinute = z.number().int().min(1).max(100_000);
/** SPEC 5: of a key that is created without one. */
export const DEFAULT_REQUESTS_PER_MINUTE = 60;

export const apiKey = z.object({
  id: idOf('key'),
  label: keyLabel,
  displayPrefix: z.string(),
  requestsPerMinute,
  state: z.enum(['active', 'revoked']),
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
      requestsPerMinute: requestsPerMinute.default(DEFAULT_REQUESTS_PER_MINUTE),
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
      state: z.enum(['active', 'revoked']).optional(),
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
    body: z.strictObject({ reason: z.string().trim().min(1, 'say why').max(500) }),
    answers: { 200: z.object({ key: apiKey, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Revoke an inference key',
      effect: 'Requests with this key fail from now on. It cannot be undone.',
    },
    events: ['key.revoked'],
  },
});
