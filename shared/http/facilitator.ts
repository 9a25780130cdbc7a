import { z } from 'zod';
import { defineRoutes } from './route.ts';

/** What the facilitator that settles the payer's payments may ask; it holds a secret of its own, and nothing else opens. */
export const facilitatorRoutes = defineRoutes({
  'facilitator.payer': {
    method: 'GET',
    path: '/api/v1/facilitator/payer',
    summary: 'Which payer key is in force, so that a payment by an earlier one is not settled',
    plane: 'public',
    answers: {
      200: z.object({
        /** SHA-256 (hex) of the payer’s public key; null while there is none. */
        payerKey: z.string().nullable(),
        /** Goes up whenever the key changes, also back to an earlier one. */
        generation: z.number().int().nonnegative(),
      }),
    },
    policy: { bearer: 'facilitator', signed: 'no' },
    effect: 'read',
    events: [],
  },
});
