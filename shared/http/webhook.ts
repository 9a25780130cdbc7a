import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { defineRoutes } from './route.ts';

export const DELIVERY_STATES = ['pending', 'delivered', 'dead', 'dropped'] as const;
/** Why a call did not deliver: its status, a redirect, or no answer at all. */
export const DELIVERY_ERRORS = [
  ...(['status', 'redirect', 'address-refused', 'unreachable', 'timeout', 'reset', 'too-large'] as const),
] as const;

/** How far a message's time may be from the receiver's clock (Standard Webhooks); what receivers are told to refuse beyond. */
export const WEBHOOK_TOLERANCE_SECONDS = 300;

/**
 * The address is shown and stands in the ledger, so it is no place for a secret: no user, query or fragment. Whoever receives
 * knows us by the signature.
 */
function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash, href } = new URL(text);
  const bare = username === '' && password === '' && search === '' && hash === '';
  return bare && (protocol === 'https:' || protocol === 'http:') && href === text;
}

const url = z
  .string()
  .max(500)
  .refine(
    isPlainAddress,
    'must be an address like https://alerts.example/hook, without user, query or fragment',
  );

const at = z.iso.datetime();
const count = z.number().int().min(0);
const webhookId = idOf('webhook');
const eventId = idOf('entry');

export const webhook = z.object({
  id: webhookId,
  url: z.string(),
  setAt: at,
  setBy: z.string(),
  /** Since when nothing gets through; null while it does. */
  failingSince: at.nullable(),
  /** Calls that failed since the last one that did not. */
  failures: count,
  lastDeliveredAt: at.nullable(),
});
export type Webhook = z.infer<typeof webhook>;

export const webhookDelivery = z.object({
  /** The ledger entry that it tells of, and its id for whoever receives it. */
  eventId,
  kind: z.string(),
  at,
  state: z.enum(DELIVERY_STATES),
  attempts: count,
  /** When it is tried next; null when it is not. */
  nextAt: at.nullable(),
  doneAt: at.nullable(),
  error: z.enum(DELIVERY_ERRORS).nullable(),
  /** Status of the last answer; null when there was none. */
  status: z.number().int().nullable(),
});
export type WebhookDelivery = z.infer<typeof webhookDelivery>;

export const webhookState = z.object({
  webhook: webhook.nullable(),
  backlog: count,
  /** When the oldest that waits was told. */
  oldestAt: at.nullable(),
  /** Given up after the last attempt; they wait for somebody. */
  dead: count,
  /** Newest first. */
  deliveries: z.array(webhookDelivery),
});
export type WebhookState = z.infer<typeof webhookState>;

const act = { method: 'POST', plane: 'admin', effect: 'mutate' } as const;
const administrators = { bearer: 'admin', signed: ['administrator'] } as const;
const responders = { bearer: 'admin', signed: ['responder', 'administrator'] } as const;

/** Alerts and incidents, told to one machine outside (SPEC 16). */
export const webhookRoutes = defineRoutes({
  'webhook.state': {
    method: 'GET',
    path: '/api/webhook',
    summary: 'Where alerts are told, and what became of the last deliveries; never its secret',
    plane: 'admin',
    answers: { 200: webhookState },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'webhook.set': {
    ...act,
    path: '/api/webhook',
    summary: 'Tell alerts to this address from now on, with a new secret; a former address ends at once',
    body: z.strictObject({ url }),
    answers: { 201: z.object({ webhook, secret: z.string(), eventId }) },
    policy: administrators,
    risk: { level: 'sensitive' },
    card: {
      title: 'Tell alerts to another machine',
      effect:
        'Every alert and incident is sent there from now on, signed with a new secret. A former address hears nothing more.',
    },
    events: ['webhook.set', 'webhook.restored'],
    reveals: ['secret'],
  },
  'webhook.remove': {
    ...act,
    path: '/api/webhook/remove',
    summary: 'Tell alerts to no other machine any more; what waits is dropped',
    body: z.strictObject({ webhookId, url, reason: z.string().trim().min(1, 'say why').max(500) }),
    answers: { 200: z.object({ dropped: count, eventId }) },
    policy: administrators,
    risk: { level: 'sensitive' },
    card: {
      title: 'Stop telling alerts to this machine',
      effect: 'Alerts are seen in this console only. Messages that wait are dropped, and its secret ends.',
    },
    events: ['webhook.removed', 'webhook.restored'],
  },
  'webhook.test': {
    ...act,
    path: '/api/webhook/test',
    summary: 'Send a test to the webhook, by the way of every alert',
    body: z.strictObject({ webhookId }),
    answers: { 202: z.object({ eventId }) },
    policy: responders,
    risk: { level: 'routine', reason: 'It sends one message that says it is a test, and changes nothing.' },
    events: ['webhook.tested'],
  },
  'webhook.retry': {
    ...act,
    path: '/api/webhook/retry',
    summary: 'Try again what was given up',
    body: z.strictObject({ webhookId }),
    answers: { 200: z.object({ retried: count, eventId }) },
    policy: responders,
    risk: { level: 'routine', reason: 'It sends what should have been sent already, to the same address.' },
    events: ['webhook.retried'],
  },
});
