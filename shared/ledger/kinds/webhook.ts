import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';

const webhookId = idOf('webhook');
const about = { category: 'incident', asset: 'control', boundary: 'client-api' } as const;

/** The webhook of alerts: where it leads, and whether anything arrives there. */
export const webhookEvents = defineEvents({
  'webhook.set': {
    ...about,
    says: 'Alerts are told to another machine',
    data: z.strictObject({ webhookId, url: z.string(), replaces: webhookId.nullable() }),
    redactable: ['url'],
  },
  'webhook.removed': {
    ...about,
    says: 'Alerts are told to no other machine any more',
    data: z.strictObject({ webhookId, url: z.string(), dropped: count, reason: z.string() }),
    redactable: ['url', 'reason'],
  },
  'webhook.tested': {
    ...about,
    says: 'Test sent to the webhook of alerts',
    data: z.strictObject({ webhookId }),
    redactable: [],
  },
  'webhook.retried': {
    ...about,
    says: 'Messages that the webhook had given up are tried again',
    data: z.strictObject({ webhookId, retried: count }),
    redactable: [],
  },
  'webhook.failing': {
    ...about,
    says: 'Alerts do not arrive where they are told',
    data: z.strictObject({ webhookId, failures: count, because: z.string() }),
    redactable: [],
  },
  'webhook.restored': {
    ...about,
    says: 'The webhook of alerts fails no more',
    data: z.strictObject({ webhookId, because: z.enum(['delivered', 'replaced', 'removed']) }),
    redactable: [],
  },
});
