import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { requestsPerMinute } from './key-rate.ts';
import { apiKey } from './keys.ts';
import { proposed } from './proposal.ts';
import { defineRoutes } from './route.ts';

const params = z.object({ id: idOf('key') });
const body = z.strictObject({ requestsPerMinute });

/** Raising a limit weakens a control and takes two persons; lowering one is containment and never waits. */
export const keyLimitRoutes = defineRoutes({
  'limits.raise': {
    method: 'POST',
    path: '/api/keys/:id/limit',
    summary: 'Propose a higher rate limit for a key; a second operator approves it',
    plane: 'admin',
    params,
    body,
    answers: { 202: proposed },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'critical' },
    card: { title: 'Raise the limit of a key', effect: 'Whoever holds this key can call more often.' },
    events: ['proposal.proposed', 'key.limit-raised'],
  },
  'limits.lower': {
    method: 'POST',
    path: '/api/keys/:id/limit/lower',
    summary: 'Lower the rate limit of a key; its next request is held to it',
    plane: 'admin',
    params,
    body,
    answers: { 200: z.object({ key: apiKey, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Lower the limit of a key',
      effect: 'Requests above the new limit are refused from now on.',
    },
    events: ['key.limit-lowered'],
  },
});
