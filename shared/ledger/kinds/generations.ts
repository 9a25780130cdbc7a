import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { exactAmount } from '../../money/units.ts';
import { count, defineEvents } from '../event-definition.ts';

const generation = { generationId: idOf('generation'), keyId: idOf('key'), model: z.string() };

/** What was generated and what it cost. Never a word of a prompt or an answer. */
export const generationEvents = defineEvents({
  'generation.settled': {
    category: 'generation',
    says: 'Generation paid',
    data: z.strictObject({
      ...generation,
      provider: z.string(),
      outcome: z.enum(['completed', 'stopped', 'hung-up']),
      usage: z.enum(['reported', 'measured']),
      inputTokens: count,
      outputTokens: count,
      held: exactAmount,
      cost: exactAmount,
    }),
    redactable: ['model'],
    asset: 'money',
    boundary: 'api-provider',
  },
  'generation.voided': {
    category: 'generation',
    says: 'Generation failed; nothing was charged',
    data: z.strictObject({ ...generation, provider: z.string(), reason: z.string(), held: exactAmount }),
    redactable: ['model'],
    asset: 'money',
    boundary: 'api-provider',
  },
  'generation.over-hold': {
    category: 'generation',
    says: 'Generation cost more than was held; the platform bears the rest',
    data: z.strictObject({ ...generation, held: exactAmount, cost: exactAmount, loss: exactAmount }),
    redactable: ['model'],
    asset: 'money',
    boundary: 'api-provider',
  },
  'generation.abandoned': {
    category: 'generation',
    says: 'Generation was never settled; its hold has expired uncharged',
    data: z.strictObject({ ...generation, provider: z.string(), held: exactAmount }),
    redactable: ['model'],
    asset: 'money',
    boundary: 'api-provider',
  },
  'provider.breaker-opened': {
    category: 'provider',
    says: 'Provider failed again and again; its breaker is open',
    data: z.strictObject({
      provider: z.string(),
      /** When it opened first; a trial that failed opens it again. */
      openedAt: z.iso.datetime(),
      failures: count,
      waitSeconds: count,
      /** What became of the last call: a slug of ours. */
      reason: z.string().nullable(),
    }),
    redactable: [],
    asset: 'money',
    boundary: 'api-provider',
  },
  'provider.breaker-closed': {
    category: 'provider',
    says: 'Provider answers again; its breaker is closed',
    data: z.strictObject({ provider: z.string(), openedAt: z.iso.datetime() }),
    redactable: [],
    asset: 'money',
    boundary: 'api-provider',
  },
  'price.set': {
    category: 'generation',
    says: 'Price of a model set',
    data: z.strictObject({
      priceId: idOf('price'),
      model: z.string(),
      input: exactAmount,
      output: exactAmount,
      mediaTokens: count.nullable(),
      effectiveFrom: z.iso.datetime(),
    }),
    redactable: [],
    asset: 'money',
    boundary: 'client-api',
  },
});
