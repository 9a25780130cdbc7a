import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { defineRoutes } from './route.ts';

export const canary = z.object({
  id: idOf('canary'),
  label: z.string(),
  displayPrefix: z.string(),
  plantedAt: z.iso.datetime(),
  plantedBy: z.string(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export type Canary = z.infer<typeof canary>;

/** Secrets that open nothing and are planted to be stolen: whoever uses one has read what they should not (SPEC 16). */
export const canaryRoutes = defineRoutes({
  'canaries.list': {
    method: 'GET',
    path: '/api/canaries',
    summary: 'Planted secrets, newest first; never their material',
    plane: 'admin',
    answers: { 200: z.object({ canaries: z.array(canary) }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'canaries.plant': {
    method: 'POST',
    path: '/api/canaries',
    summary: 'Make a secret that looks like a key and opens nothing; its use raises an alert',
    plane: 'admin',
    body: z.strictObject({
      /** Where it will lie: what somebody has read who uses it. */
      label: z.string().trim().min(1, 'say where it will lie').max(64),
      family: z.enum(['inference', 'management']),
    }),
    answers: { 201: z.object({ canary, secret: z.string(), eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Plant a secret to be stolen',
      effect: 'It opens nothing. Put it where only a thief would look; whoever uses it raises an alert.',
    },
    events: ['canary.planted'],
    reveals: ['secret'],
  },
});
