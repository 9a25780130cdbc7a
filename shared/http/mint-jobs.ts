import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { sha256Hex } from '../ledger/hex.ts';
import {
  ACTIVATION_MODES,
  brandParams,
  eventId,
  JOB_STATES,
  jobParams,
  label,
  MAX_QUANTITY,
  MAX_SERIAL,
  mints,
  moment,
  nextCursor,
  page,
  product,
  READ,
  sensitive,
  stops,
} from './minting.ts';
import { defineRoutes } from './route.ts';

const mintJob = z.object({
  id: idOf('mintJob'),
  brandId: idOf('brand'),
  batchName: z.string(),
  quantity: z.number().int(),
  serialPattern: z.string(),
  firstNumber: z.number().int(),
  activation: z.enum(ACTIVATION_MODES),
  product,
  state: z.enum(JOB_STATES),
  /** Tokens at positions 1 to this one are minted. */
  done: z.number().int(),
  /** Tokens made in place of voided ones, behind the quantity. */
  reissued: z.number().int(),
  /** Which worker mints it, and until when its lease holds without another sign of life. */
  lease: z.object({ owner: z.string(), expiresAt: moment, fence: z.string() }).nullable(),
  /** Root of the completeness proof, once completed. */
  root: sha256Hex.nullable(),
  failure: z.string().nullable(),
  createdBy: idOf('account'),
  createdAt: moment,
  finishedAt: moment.nullable(),
});
export type MintJob = z.infer<typeof mintJob>;

const mintEvent = z.object({
  id: idOf('entry'),
  number: z.number().int(),
  kind: z.string(),
  at: moment,
  actor: z.object({ type: z.string(), id: z.string(), name: z.string().nullable() }),
  data: z.record(z.string(), z.unknown()),
});
export type MintEvent = z.infer<typeof mintEvent>;

const named = z.strictObject({ batchName: label('batch', 100) });
const changedJob = z.object({ job: mintJob, eventId });

export const mintJobRoutes = defineRoutes({
  'mint.submit': {
    method: 'POST',
    path: '/api/v1/minting/jobs',
    summary: 'Order a batch of tokens; the same Idempotency-Key and body are the same job',
    plane: 'public',
    body: z.strictObject({
      brandId: idOf('brand'),
      batchName: label('batch', 100),
      quantity: z.number().int().min(1).max(MAX_QUANTITY),
      /** `ACME-{n:6}`: literal characters around one number of fixed width. */
      serialPattern: z.string().min(1).max(MAX_SERIAL),
      /** Number of the first serial. Absent: behind the last one of the same pattern, from 1. */
      firstNumber: z.number().int().nonnegative().optional(),
      activation: z.enum(ACTIVATION_MODES),
      product,
    }),
    answers: { 201: changedJob },
    policy: mints,
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: sensitive,
    card: { title: 'Mint tokens', effect: 'So many genuine tokens of this brand come into being.' },
    events: ['mint.job-submitted'],
  },
  'mint.jobs': {
    method: 'GET',
    path: '/api/v1/minting/brands/:brand/jobs',
    summary: 'Mint jobs of a brand, newest first',
    plane: 'public',
    params: brandParams,
    query: z.object({ ...page, state: z.enum(JOB_STATES).optional() }),
    answers: { 200: z.object({ jobs: z.array(mintJob), nextCursor }) },
    policy: { ...READ, owner: 404 },
    effect: 'read',
    events: [],
  },
  'mint.batches': {
    method: 'GET',
    path: '/api/v1/minting/brands/:brand/batches',
    summary: 'Batches of a brand that have tokens, newest first',
    plane: 'public',
    params: brandParams,
    query: z.object(page),
    answers: { 200: z.object({ batches: z.array(mintJob), nextCursor }) },
    policy: { ...READ, owner: 404 },
    effect: 'read',
    events: [],
  },
  'mint.job': {
    method: 'GET',
    path: '/api/v1/minting/jobs/:job',
    summary: 'One mint job: progress, lease and root',
    plane: 'public',
    params: jobParams,
    answers: { 200: z.object({ job: mintJob }) },
    policy: { ...READ, owner: 404 },
    effect: 'read',
    events: [],
  },
  'mint.pause': {
    method: 'POST',
    path: '/api/v1/minting/jobs/:job/pause',
    summary: 'Pause a mint job; what is minted stays',
    plane: 'public',
    params: jobParams,
    body: named,
    answers: { 200: changedJob },
    policy: { ...stops, owner: 404 },
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: {
      level: 'routine',
      reason: 'It stops for a while what was ordered on a card, and resuming undoes it.',
    },
    events: ['mint.job-paused'],
  },
  'mint.resume': {
    method: 'POST',
    path: '/api/v1/minting/jobs/:job/resume',
    summary: 'Resume a paused mint job behind its last token',
    plane: 'public',
    params: jobParams,
    body: named,
    answers: { 200: changedJob },
    policy: { ...mints, owner: 404 },
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: { level: 'routine', reason: 'It goes on with what was ordered on a card, and with nothing else.' },
    events: ['mint.job-resumed'],
  },
  'mint.cancel': {
    method: 'POST',
    path: '/api/v1/minting/jobs/:job/cancel',
    summary: 'Cancel a mint job for ever; what is minted stays, and can be voided token by token',
    plane: 'public',
    params: jobParams,
    body: named,
    answers: { 200: changedJob },
    policy: { ...stops, owner: 404 },
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: sensitive,
    card: {
      title: 'Cancel a mint job',
      effect: 'The rest of the batch is never minted. It cannot be undone.',
    },
    names: ['batchName'],
    events: ['mint.job-cancelled'],
  },
  'mint.events': {
    method: 'GET',
    path: '/api/v1/minting/jobs/:job/events',
    summary: 'Ledger entries about a mint job and its tokens, newest first',
    plane: 'public',
    params: jobParams,
    query: z.object(page),
    answers: { 200: z.object({ events: z.array(mintEvent), nextCursor }) },
    policy: { ...READ, owner: 404 },
    effect: 'read',
    events: [],
  },
});
