import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { exactAmount } from '../money/units.ts';
import { apiKey } from './keys.ts';
import { defineRoutes } from './route.ts';

/** What a model is called; a `/` separates the vendor whose router serves it. */
export const modelName = z
  .string()
  .min(1, 'name a model')
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@/-]*$/, 'this is not the name of a model');

/** Output tokens that are held and asked for when the caller names no number (SPEC 6). */
export const DEFAULT_MAX_TOKENS = 1024;
const maxTokens = z.number().int().min(1).max(1_000_000);

/** Only what is held and routed by; everything else of the body goes to the provider as it came. */
const chatBody = z.looseObject({
  model: modelName,
  messages: z.array(z.unknown()).min(1).max(4096),
  max_tokens: maxTokens.nullish(),
  max_completion_tokens: maxTokens.nullish(),
  n: z.number().int().min(1).max(16).nullish(),
  stream: z.boolean().nullish(),
});

const messagesBody = z.looseObject({
  model: modelName,
  messages: z.array(z.unknown()).min(1).max(4096),
  max_tokens: maxTokens.nullish(),
  stream: z.boolean().nullish(),
});

export const GENERATION_STATES = ['held', 'settled', 'voided', 'abandoned'] as const;

/** One generation as its caller may see it: what it was and cost, never what was said. */
export const generation = z.object({
  id: idOf('generation'),
  model: z.string(),
  provider: z.string(),
  streamed: z.boolean(),
  state: z.enum(GENERATION_STATES),
  /** How it ended: an outcome when it was paid, the reason when it was not; null while it runs. */
  ended: z.string().nullable(),
  usage: z.enum(['reported', 'measured']).nullable(),
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  held: exactAmount,
  cost: exactAmount,
  startedAt: z.iso.datetime(),
  settledAt: z.iso.datetime().nullable(),
});
export type Generation = z.infer<typeof generation>;

const spends = {
  bearer: 'inference',
  signed: 'no',
  unsignedBecause: 'The key in the header spends its own wallet, within its own limit, and nothing else.',
} as const;
const reads = { bearer: 'inference', signed: 'no' } as const;

const settles = ['generation.settled', 'generation.voided', 'generation.over-hold'] as const;

const messages = {
  method: 'POST',
  plane: 'public',
  body: messagesBody,
  answers: { 200: z.unknown() },
  policy: spends,
  effect: 'mutate',
  events: settles,
  relay: true,
} as const;

export const tokenhallRoutes = defineRoutes({
  'tokenhall.chat': {
    method: 'POST',
    path: '/api/v1/tokenhall/chat/completions',
    summary: 'Generate, OpenAI-style; JSON, or events when `stream` is true',
    plane: 'public',
    body: chatBody,
    answers: { 200: z.unknown() },
    policy: spends,
    effect: 'mutate',
    events: settles,
    relay: true,
  },
  'tokenhall.messages': {
    ...messages,
    path: '/api/v1/tokenhall/messages',
    summary: 'Generate, Anthropic-style; JSON, or events when `stream` is true',
  },
  'tokenhall.v1-messages': {
    ...messages,
    path: '/api/v1/tokenhall/v1/messages',
    summary: 'The same as /messages, where Anthropic’s own client looks for it below its base URL',
  },
  'tokenhall.models': {
    method: 'GET',
    path: '/api/v1/tokenhall/models',
    summary: 'Models that have a price now, and the price',
    plane: 'public',
    answers: {
      200: z.object({
        object: z.literal('list'),
        data: z.array(
          z.object({
            id: z.string(),
            object: z.literal('model'),
            /** Seconds since the epoch, as OpenAI's clients read it. */
            created: z.number().int(),
            owned_by: z.string(),
            pricing: z.object({
              input: exactAmount,
              output: exactAmount,
              mediaTokens: z.number().int().nullable(),
            }),
          }),
        ),
      }),
    },
    policy: reads,
    effect: 'read',
    events: [],
  },
  'tokenhall.credits': {
    method: 'GET',
    path: '/api/v1/tokenhall/credits',
    summary: 'What the wallet behind the calling key has, holds and can spend',
    plane: 'public',
    answers: {
      200: z.object({
        credits: z.object({ posted: exactAmount, held: exactAmount, available: exactAmount }),
      }),
    },
    policy: reads,
    effect: 'read',
    events: [],
  },
  'tokenhall.key': {
    method: 'GET',
    path: '/api/v1/tokenhall/key',
    summary: 'What the calling inference key may do, and what it has spent',
    plane: 'public',
    answers: {
      200: z.object({
        key: apiKey
          .pick({
            ...{ id: true, label: true, displayPrefix: true, agentId: true, createdAt: true },
            ...{ requestsPerMinute: true, spendLimit: true, expiresAt: true },
          })
          .extend({ spent: exactAmount, held: exactAmount }),
      }),
    },
    policy: reads,
    effect: 'read',
    events: [],
  },
  'tokenhall.generation': {
    method: 'GET',
    path: '/api/v1/tokenhall/generation/:id',
    summary: 'One generation of the calling key',
    plane: 'public',
    params: z.object({ id: idOf('generation') }),
    answers: { 200: z.object({ generation }) },
    policy: { ...reads, owner: 404 },
    effect: 'read',
    events: [],
  },
});
