import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { proposed } from './proposal.ts';
import { defineRoutes } from './route.ts';

const reason = z.string().trim().min(1, 'say why').max(500);

export const spendingFreeze = z.object({
  id: idOf('freeze'),
  frozenAt: z.iso.datetime(),
  frozenBy: z.string(),
  reason: z.string(),
});
export type SpendingFreeze = z.infer<typeof spendingFreeze>;

/** One key stops all spending (SPEC 16). */
export const freezeRoutes = defineRoutes({
  'freeze.state': {
    method: 'GET',
    path: '/api/freeze',
    summary: 'Whether all spending is stopped, since when and why',
    plane: 'admin',
    answers: { 200: z.object({ freeze: spendingFreeze.nullable() }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'freeze.order': {
    method: 'POST',
    path: '/api/freeze',
    summary:
      'Stop all spending now: transfers, generations and the autonomous payer are refused until it is lifted',
    plane: 'admin',
    body: z.strictObject({ reason }),
    answers: { 201: z.object({ freeze: spendingFreeze, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'custodian', 'administrator'] },
    effect: 'mutate',
    // Containment never waits for a second person.
    risk: { level: 'sensitive' },
    card: {
      title: 'Stop all spending',
      effect:
        'Nobody can spend from now on: no transfer, no generation, no payment, no reward. What generations held before is still settled. Two persons lift it.',
    },
    events: ['spending.frozen'],
  },
  'freeze.lift': {
    method: 'POST',
    path: '/api/freeze/lift',
    summary: 'Propose to allow spending again; a second operator approves it',
    plane: 'admin',
    body: z.strictObject({ freezeId: idOf('freeze'), reason }),
    answers: { 202: proposed },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    // It weakens a control that somebody thought necessary.
    risk: { level: 'critical' },
    card: {
      title: 'Allow spending again',
      effect: 'Transfers, generations and payments work again for everybody, thieves included.',
    },
    events: ['proposal.proposed', 'spending.resumed'],
  },
});
