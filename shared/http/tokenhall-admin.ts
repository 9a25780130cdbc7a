import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { amount, exactAmount, parseUnits, UNITS_PER_CREDIT } from '../money/units.ts';
import { defineRoutes } from './route.ts';
import { generation, modelName } from './tokenhall.ts';

export const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;

export const providerHealth = z.object({
  provider: z.string(),
  style: z.enum(['openai', 'anthropic']),
  /** Scheme, host and path that configuration allows. */
  baseUrl: z.string(),
  breaker: z.object({
    state: z.enum(BREAKER_STATES),
    since: z.iso.datetime(),
    /** When it opened first; null while it is closed. */
    openedAt: z.iso.datetime().nullable(),
    /** When an open breaker lets one request try again. */
    retryAt: z.iso.datetime().nullable(),
    consecutiveFailures: z.number().int(),
  }),
  /** Of this instance since it started. */
  calls: z.object({
    succeeded: z.number().int(),
    failed: z.number().int(),
    refused: z.number().int(),
    retried: z.number().int(),
  }),
  lastFailure: z.object({ at: z.iso.datetime(), reason: z.string() }).nullable(),
  /** Milliseconds to the first byte, of the last calls; null before there was one. */
  firstByteP50: z.number().nullable(),
});
export type ProviderHealth = z.infer<typeof providerHealth>;

/** One step of the way of a request to its provider: milliseconds since it arrived, and what happened. */
export const routingStep = z.object({ ms: z.number().int(), step: z.string(), detail: z.string() });
export type RoutingStep = z.infer<typeof routingStep>;

export const tracedGeneration = generation.extend({
  keyId: idOf('key'),
  accountId: z.string().nullable(),
  agentId: z.string().nullable(),
  loss: exactAmount,
  trace: z.array(routingStep),
});
export type TracedGeneration = z.infer<typeof tracedGeneration>;

export const keyVelocity = z.object({
  keyId: idOf('key'),
  label: z.string(),
  displayPrefix: z.string(),
  spendLimit: exactAmount.nullable(),
  spent: exactAmount,
  held: exactAmount,
  lastMinute: exactAmount,
  lastHour: exactAmount,
  /** Mean credits per hour of the hours before this one that the key was in use, of the last 24; null without any. */
  hourlyBaseline: exactAmount.nullable(),
  /** Credits in each of the last 60 minutes, oldest first. */
  minutes: z.array(exactAmount),
});
export type KeyVelocity = z.infer<typeof keyVelocity>;

export const modelPrice = z.object({
  id: idOf('price'),
  model: z.string(),
  input: exactAmount,
  output: exactAmount,
  mediaTokens: z.number().int().nullable(),
  effectiveFrom: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
});
export type ModelPrice = z.infer<typeof modelPrice>;

const MOST_A_TOKEN = 10n * UNITS_PER_CREDIT;

/** Credits a token: at most 10, so that no slip of a finger sells a token for a fortune; nothing is given away. */
const creditsPerToken = amount.refine((text) => {
  try {
    return parseUnits(text) <= MOST_A_TOKEN;
  } catch {
    return false;
  }
}, 'a token costs at most 10 credits');

export const tokenhallAdminRoutes = defineRoutes({
  'providers.health': {
    method: 'GET',
    path: '/api/tokenhall/health',
    summary: 'Providers of this instance: where they are, their circuit breakers, what they answered',
    plane: 'admin',
    answers: { 200: z.object({ providers: z.array(providerHealth) }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'generations.list': {
    method: 'GET',
    path: '/api/tokenhall/generations',
    summary: 'Generations, newest first, each with the trace of its routing; never a prompt or an answer',
    plane: 'admin',
    query: z.object({
      keyId: idOf('key').optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
      cursor: idOf('generation').optional(),
    }),
    answers: { 200: z.object({ generations: z.array(tracedGeneration), nextCursor: z.string().nullable() }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'spend.velocity': {
    method: 'GET',
    path: '/api/tokenhall/velocity',
    summary: 'What each key spends a minute and an hour, against its own hourly baseline',
    plane: 'admin',
    answers: { 200: z.object({ at: z.iso.datetime(), keys: z.array(keyVelocity) }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'prices.list': {
    method: 'GET',
    path: '/api/tokenhall/prices',
    summary: 'Every price there was, is and will be, by model, newest first',
    plane: 'admin',
    answers: { 200: z.object({ prices: z.array(modelPrice) }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'prices.set': {
    method: 'POST',
    path: '/api/tokenhall/prices',
    summary: 'Set what a model costs from a moment on; what was charged before stays as it was',
    plane: 'admin',
    body: z.strictObject({
      model: modelName,
      input: creditsPerToken,
      output: creditsPerToken,
      /** The most input tokens that the provider counts for one image; null: the model takes none. */
      mediaTokens: z.number().int().min(1).max(1_000_000).nullable(),
      /** Absent: now. */
      effectiveFrom: z.iso.datetime().optional(),
    }),
    answers: { 201: z.object({ price: modelPrice, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Set the price of a model',
      effect: 'Every generation with this model is charged like this from the moment stated.',
    },
    events: ['price.set'],
  },
});
