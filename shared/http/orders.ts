import { z } from 'zod';
import { ORDER_CHARACTERS } from '../boundaries/order.ts';
import { idOf } from '../ids/ids.ts';
import { CONTAINABLE } from './containment.ts';
import { defineRoutes } from './route.ts';

/** Longer than that nobody remembers what lies in the envelope. */
export const ORDER_DAYS = 90;
export const ORDER_RUNS = 5;

const at = z.iso.datetime();
const count = z.number().int().nonnegative();
const reason = z.string().trim().min(1, 'say why').max(500);
const eventId = idOf('entry');

/** `void`: whoever signed it may order no such thing any more. */
export const ORDER_STATES = ['ready', 'used', 'expired', 'revoked', 'void'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const breakGlassOrder = z.object({
  id: idOf('order'),
  /** What running it does, in a few words. */
  title: z.string(),
  does: z.enum(['freeze', 'contain']),
  kind: z.enum(CONTAINABLE).nullable(),
  credentialId: z.string().nullable(),
  reason: z.string(),
  state: z.enum(ORDER_STATES),
  preparedAt: at,
  preparedBy: z.string(),
  preparedByName: z.string(),
  until: at,
  runs: count,
  runsUsed: count,
  /** Times that somebody who holds its code was refused. */
  refused: count,
  lastRunAt: at.nullable(),
  revokedAt: at.nullable(),
  /** The file, as it lies beside the code in the envelope. It holds no secret. */
  file: z.string(),
});
export type BreakGlassOrder = z.infer<typeof breakGlassOrder>;

/** Containment that was signed before it was needed, for when no vault can be opened (SPEC 16). */
export const orderRoutes = defineRoutes({
  'orders.list': {
    method: 'GET',
    path: '/api/break-glass/orders',
    summary: 'Break-glass orders, newest first; never their codes',
    plane: 'admin',
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(100) }),
    answers: { 200: z.object({ orders: z.array(breakGlassOrder) }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'orders.prepare': {
    method: 'POST',
    path: '/api/break-glass/orders',
    summary: 'Sign a containment in advance: whoever has its file and its code runs it without a vault',
    plane: 'admin',
    body: z.strictObject({
      does: z.enum(['freeze', 'contain']),
      /** Of the credential to contain; null for a freeze. */
      kind: z.enum(CONTAINABLE).nullable().default(null),
      credentialId: z.string().max(64).nullable().default(null),
      /** As the dry run of containment calls it. */
      name: z.string().min(1).max(300).nullable().default(null),
      reason,
      until: at,
      runs: z.number().int().min(1).max(ORDER_RUNS),
    }),
    answers: { 201: z.object({ order: breakGlassOrder, code: z.string(), eventId }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Prepare a break-glass order',
      effect:
        'Until it expires, whoever has its file and its code does exactly this, without a vault and without asking. Nothing else can be done with it.',
    },
    events: ['order.prepared'],
    reveals: ['code'],
  },
  'orders.revoke': {
    method: 'POST',
    path: '/api/break-glass/orders/:id/revoke',
    summary: 'Revoke a break-glass order for ever',
    plane: 'admin',
    params: z.object({ id: idOf('order') }),
    body: z.strictObject({ title: z.string().min(1).max(400), reason }),
    answers: { 200: z.object({ order: breakGlassOrder, eventId }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Revoke a break-glass order',
      effect: 'Nobody can run it any more. Whoever relies on its envelope needs another one.',
    },
    names: ['title'],
    events: ['order.revoked'],
  },
  'orders.run': {
    method: 'POST',
    path: '/api/break-glass/run',
    summary: 'Run a break-glass order, signed with the key of its code',
    plane: 'public',
    body: z.strictObject({
      /** The whole file. */
      order: z.string().min(1).max(ORDER_CHARACTERS),
      at,
      nonce: z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'a nonce is 16 bytes in base64url'),
      /** Ed25519 over file, time and nonce, in base64url. */
      signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'a signature is 64 bytes in base64url'),
    }),
    answers: {
      200: z.object({
        orderId: idOf('order'),
        did: z.enum(['freeze', 'contain']),
        /** The freeze or the containment. */
        subject: z.string(),
        runsLeft: count,
        eventId,
      }),
    },
    policy: {
      bearer: 'none',
      signed: 'no',
      unsignedBecause:
        'An operator signed it when it was prepared; it is run when no vault can be opened, by the key of its code.',
    },
    effect: 'mutate',
    events: [
      ...(['order.ran', 'order.refused', 'spending.frozen', 'containment.ordered'] as const),
      ...(['session.revoked', 'key.revoked', 'agent.key-revoked', 'agent.identity-revoked'] as const),
      'payer.session-revoked',
    ],
  },
});
