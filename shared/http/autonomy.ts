import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { defineRoutes } from './route.ts';

export const TASK_STATES = ['READY', 'PAUSED', 'CANCELLED'] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const PAYMENT_STATES = ['INTENDED', 'SIGNED', 'SETTLED', 'VOID'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** Backoff doubles and ends here: a resource that comes back is fetched a quarter of an hour later at most. */
export const MOST_BACKOFF_SECONDS = 900;

/** An amount of a token's smallest unit, as text: JSON's numbers are floats. */
const smallest = z.string().regex(/^(?:0|[1-9]\d{0,17})$/, 'a whole number of the token’s smallest unit');
const address = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, 'an address in base58');

/** A resource: http or https, without credentials in it, and without a fragment, which nobody would be sent. */
const resourceUrl = z
  .url('an address like https://data.example/report')
  .max(2000)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password, hash } = new URL(text);
    return /^https?:$/.test(protocol) && username === '' && password === '' && hash === '';
  }, 'http or https, without a user, a password or a fragment');

const task = z.object({
  id: idOf('payerTask'),
  url: z.string(),
  sessionId: idOf('payerSession'),
  asset: z.string(),
  value: smallest,
  cost: smallest,
  freshnessSeconds: z.number().int(),
  state: z.enum(TASK_STATES),
  pausedReason: z.string().nullable(),
  /** What decides who is fetched first; higher goes before. */
  priority: z.string(),
  running: z.boolean(),
  failures: z.number().int(),
  backoffSeconds: z.number().int(),
  lastError: z.string().nullable(),
  lastFetchedAt: z.iso.datetime().nullable(),
  nextRunAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
});
export type PayerTask = z.infer<typeof task>;

const payment = z.object({
  id: idOf('payment'),
  taskId: idOf('payerTask'),
  sessionId: idOf('payerSession'),
  state: z.enum(PAYMENT_STATES),
  host: z.string(),
  network: z.string(),
  asset: z.string(),
  decimals: z.number().int(),
  amount: smallest,
  payTo: z.string(),
  /** The payer's own signature; the transaction is found by it. */
  signature: z.string().nullable(),
  /** What the network calls the transaction, once it was seen there. */
  transaction: z.string().nullable(),
  /** Whoever was paid said what the network does not confirm. */
  disputed: z.boolean(),
  endedReason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
});
export type Payment = z.infer<typeof payment>;

const breaker = z.object({
  target: z.string(),
  state: z.enum(['closed', 'open', 'half-open']),
  failures: z.number().int(),
  since: z.iso.datetime(),
  retryAt: z.iso.datetime().nullable(),
});
export type PayerBreaker = z.infer<typeof breaker>;

const status = z.object({
  /** Null while everything may run. */
  paused: z
    .object({ cause: z.string(), reason: z.string(), at: z.iso.datetime(), by: z.string() })
    .nullable(),
  /** The wallet's address; null: this instance holds no key and signs nothing. */
  payer: z.string().nullable(),
  rpc: z.enum(['configured', 'absent']),
  network: z.string(),
  hosts: z.array(z.string()),
  recipients: z.array(z.string()),
  assets: z.array(
    z.object({
      mint: z.string(),
      decimals: z.number().int(),
      mostPerPayment: smallest,
      mostPerDay: smallest,
      /** Intended or paid since midnight, UTC. */
      spentToday: smallest,
      /** As the node told it last to this instance; null: not asked yet, or not answered. */
      balance: z.object({ amount: smallest, at: z.iso.datetime() }).nullable(),
    }),
  ),
  breakers: z.array(breaker),
});
export type AutonomyStatus = z.infer<typeof status>;

const params = z.object({ id: idOf('payerTask') });
const reason = z.string().trim().min(1, 'say why').max(500);
const aboutTask = { url: resourceUrl, reason };
const changedTask = z.object({ task, eventId: idOf('entry') });
const changedStatus = z.object({ paused: z.boolean(), eventId: idOf('entry') });
const page = (cursor: z.ZodType<string>) =>
  z.object({ limit: z.coerce.number().int().min(1).max(500).default(100), cursor: cursor.optional() });

/** Whoever grants sessions decides what they are spent on; a responder may only stop it. */
const MAY_GRANT = ['custodian', 'administrator'] as const;
const MAY_STOP = ['responder', 'custodian', 'administrator'] as const;
const SENSITIVE = { effect: 'mutate', risk: { level: 'sensitive' } } as const;

const payerRoutes = defineRoutes({
  'autonomy.status': {
    method: 'GET',
    path: '/api/autonomy/status',
    summary: 'Whether the payer runs, what it may pay, its balances and breakers',
    plane: 'admin',
    answers: { 200: status },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'autonomy.pause': {
    method: 'POST',
    path: '/api/autonomy/pause',
    summary: 'Pause the payer: no task begins and no payment is intended until it is resumed',
    plane: 'admin',
    body: z.strictObject({ reason }),
    answers: { 200: changedStatus },
    policy: { bearer: 'admin', signed: MAY_STOP },
    ...SENSITIVE,
    card: { title: 'Pause the payer', effect: 'No task is fetched and nothing is paid until it is resumed.' },
    events: ['payer.paused'],
  },
  'autonomy.resume': {
    method: 'POST',
    path: '/api/autonomy/resume',
    summary: 'Let the payer run again, whatever had paused it',
    plane: 'admin',
    body: z.strictObject({ reason }),
    answers: { 200: changedStatus },
    policy: { bearer: 'admin', signed: MAY_GRANT },
    ...SENSITIVE,
    card: { title: 'Resume the payer', effect: 'Tasks are fetched again, and sessions may be spent again.' },
    events: ['payer.resumed'],
  },
  'autonomy.payments': {
    method: 'GET',
    path: '/api/autonomy/payments',
    summary: 'Payments of the payer with their receipts, newest first',
    plane: 'admin',
    query: page(idOf('payment')),
    answers: { 200: z.object({ payments: z.array(payment), nextCursor: z.string().nullable() }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
});

const queueRoutes = defineRoutes({
  'autonomy.queue': {
    method: 'GET',
    path: '/api/autonomy/queue',
    summary: 'Tasks of the payer, newest first',
    plane: 'admin',
    query: page(idOf('payerTask')),
    answers: { 200: z.object({ tasks: z.array(task), nextCursor: z.string().nullable() }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'autonomy.create': {
    method: 'POST',
    path: '/api/autonomy/queue',
    summary: 'Add a task: a resource that is fetched, and paid for, whenever it is no longer fresh',
    plane: 'admin',
    body: z
      .strictObject({
        url: resourceUrl,
        sessionId: idOf('payerSession'),
        /** The token that its value and cost are in, and that alone may be paid with. */
        asset: address,
        value: smallest,
        cost: smallest,
        freshnessSeconds: z.number().int().min(60).max(2_592_000),
      })
      .refine(({ value, cost }) => BigInt(value) >= BigInt(cost), {
        path: ['value'],
        message: 'a fetch that costs more than it is worth is not made',
      }),
    answers: { 201: changedTask },
    policy: { bearer: 'admin', signed: MAY_GRANT },
    ...SENSITIVE,
    card: {
      title: 'Add a task to the payer',
      effect:
        'It is fetched now and whenever it is stale; each fetch may pay up to its cost from the session.',
    },
    events: ['payer.task-created'],
  },
  'autonomy.task': {
    method: 'GET',
    path: '/api/autonomy/queue/:id',
    summary: 'One task of the payer',
    plane: 'admin',
    params,
    answers: { 200: z.object({ task }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'autonomy.pauseTask': {
    method: 'POST',
    path: '/api/autonomy/queue/:id/pause',
    summary: 'Pause a task until it is resumed',
    plane: 'admin',
    params,
    body: z.strictObject(aboutTask),
    answers: { 200: changedTask },
    policy: { bearer: 'admin', signed: MAY_STOP },
    ...SENSITIVE,
    card: { title: 'Pause a task', effect: 'It is not fetched again until it is resumed.' },
    names: ['url'],
    events: ['payer.task-paused'],
  },
  'autonomy.resumeTask': {
    method: 'POST',
    path: '/api/autonomy/queue/:id/resume',
    summary: 'Resume a task, from another session when its own has ended',
    plane: 'admin',
    params,
    body: z.strictObject({ ...aboutTask, sessionId: idOf('payerSession') }),
    answers: { 200: changedTask },
    policy: { bearer: 'admin', signed: MAY_GRANT },
    ...SENSITIVE,
    card: {
      title: 'Resume a task',
      effect: 'It is fetched now, and may pay for it again even if what it paid for last never came.',
    },
    names: ['url'],
    events: ['payer.task-resumed'],
  },
  'autonomy.cancelTask': {
    method: 'POST',
    path: '/api/autonomy/queue/:id/cancel',
    summary: 'Cancel a task for ever',
    plane: 'admin',
    params,
    body: z.strictObject(aboutTask),
    answers: { 200: changedTask },
    policy: { bearer: 'admin', signed: MAY_STOP },
    ...SENSITIVE,
    card: { title: 'Cancel a task', effect: 'It is never fetched again. It cannot be undone.' },
    names: ['url'],
    events: ['payer.task-cancelled'],
  },
});

/** The autonomous payer: its queue, its payments, and the switch that stops it. */
export const autonomyRoutes = { ...payerRoutes, ...queueRoutes } as const;
