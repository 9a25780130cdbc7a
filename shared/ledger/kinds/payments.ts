import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';

const taskId = idOf('payerTask');
const paymentId = idOf('payment');
const amount = z.string().regex(/^\d{1,20}$/);
const reason = z.string();
/** What a paywall says: attacker-controlled, so it is cut before it is staged. */
const claim = z.string().max(200);

const client = { category: 'payer', asset: 'money', boundary: 'client-api' } as const;
const paying = { category: 'payer', asset: 'money', boundary: 'api-provider' } as const;

/** What operators decide about the payer's queue. */
const queueEvents = defineEvents({
  'payer.paused': {
    ...client,
    says: 'Payer paused',
    data: z.strictObject({ cause: z.string(), reason }),
    redactable: ['reason'],
  },
  'payer.resumed': {
    ...client,
    says: 'Payer resumed',
    data: z.strictObject({ reason }),
    redactable: ['reason'],
  },
  'payer.task-created': {
    ...client,
    says: 'Task added to the payer',
    data: z.strictObject({
      ...{ taskId, url: z.string(), sessionId: idOf('payerSession'), asset: z.string(), value: amount },
      ...{ cost: amount, freshnessSeconds: count },
    }),
    redactable: ['url'],
  },
  'payer.task-paused': {
    ...client,
    says: 'Task paused',
    data: z.strictObject({ taskId, reason }),
    redactable: ['reason'],
  },
  'payer.task-resumed': {
    ...client,
    says: 'Task resumed',
    data: z.strictObject({ taskId, sessionId: idOf('payerSession'), reason }),
    redactable: ['reason'],
  },
  'payer.task-cancelled': {
    ...client,
    says: 'Task cancelled',
    data: z.strictObject({ taskId, reason }),
    redactable: ['reason'],
  },
});

/** Every step of a fetch and its payment, in the order in which they happen. */
const stepEvents = defineEvents({
  'payer.payment-required': {
    ...paying,
    says: 'Paywall asked for a payment',
    data: z.strictObject({ taskId, host: z.string(), version: z.number().int(), options: count }),
    redactable: [],
  },
  /** An alert: somebody asked for what this payer must not pay. */
  'payer.payment-refused': {
    ...paying,
    says: 'Payment refused by policy',
    data: z.strictObject({ taskId, host: z.string(), reason: z.string(), claim }),
    redactable: ['claim'],
  },
  'payer.payment-intended': {
    ...paying,
    says: 'Payment written down before it is signed',
    data: z.strictObject({
      ...{ paymentId, taskId, sessionId: idOf('payerSession'), network: z.string(), asset: z.string() },
      ...{ amount, payTo: z.string() },
    }),
    redactable: [],
  },
  'payer.payment-signed': {
    ...paying,
    says: 'Payment signed and sent',
    data: z.strictObject({ paymentId, taskId, signature: z.string() }),
    redactable: [],
  },
  'payer.payment-settled': {
    ...paying,
    says: 'Payment confirmed by the network',
    data: z.strictObject({ paymentId, taskId, transaction: z.string(), amount }),
    redactable: [],
  },
  'payer.payment-void': {
    ...paying,
    says: 'Payment can no longer happen',
    data: z.strictObject({ paymentId, taskId, reason }),
    redactable: [],
  },
  /** An alert: the answer to a payment says what the network does not. */
  'payer.settlement-disputed': {
    ...paying,
    says: 'Settlement claimed that the network does not confirm',
    data: z.strictObject({ paymentId, taskId, host: z.string(), reason: z.string(), claim }),
    redactable: ['claim'],
  },
  'payer.task-fetched': {
    ...paying,
    says: 'Resource fetched',
    data: z.strictObject({
      ...{ taskId, host: z.string(), status: count, bytes: count, sha256: z.string() },
      paymentId: paymentId.nullable(),
    }),
    redactable: [],
  },
  'payer.task-failed': {
    ...paying,
    says: 'Fetch failed',
    data: z.strictObject({
      taskId,
      host: z.string(),
      error: z.string(),
      failures: count,
      backoffSeconds: count,
    }),
    redactable: [],
  },
  'payer.breaker-opened': {
    ...paying,
    says: 'Breaker opened',
    data: z.strictObject({ target: z.string(), failures: count, waitSeconds: count }),
    redactable: [],
  },
  'payer.breaker-closed': {
    ...paying,
    says: 'Breaker closed',
    data: z.strictObject({ target: z.string() }),
    redactable: [],
  },
});

/** The payer's queue and its payments. */
export const paymentEvents = { ...queueEvents, ...stepEvents } as const;
