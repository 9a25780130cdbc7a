import { z } from 'zod';
import { tokenCount } from './openai-shapes.ts';
import { providerJson } from './provider-json.ts';

/** Input is told in three figures: as it is, written to the provider's cache, read from it. */
const usage = z.object({
  input_tokens: tokenCount,
  cache_creation_input_tokens: tokenCount,
  cache_read_input_tokens: tokenCount,
  output_tokens: tokenCount,
});
export type MessageUsage = z.infer<typeof usage>;

const block = z.record(z.string(), z.unknown());

const answer = z.object({
  type: z.literal('message'),
  content: z.array(block),
  usage: usage.nullish().catch(null),
});

const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message: z.object({ usage: usage.nullish().catch(null) }) }),
  z.object({ type: z.literal('content_block_start'), index: z.number(), content_block: block }),
  z.object({ type: z.literal('content_block_delta'), index: z.number(), delta: block }),
  z.object({ type: z.literal('content_block_stop'), index: z.number() }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: z.string().nullish() }),
    usage: usage.nullish().catch(null),
  }),
  z.object({ type: z.literal('message_stop') }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('error') }),
]);

const named = z.object({ type: z.string() });

export const messageAnswer = (value: unknown) => answer.safeParse(value).data ?? null;

/** @returns `unknown` for an event of a later version, which goes through as it is; null for what is no event */
export function messageEvent(data: string): z.infer<typeof event> | 'unknown' | null {
  const value = providerJson(data);
  const known = event.safeParse(value).data;
  if (known) return known;
  const type = named.safeParse(value).data?.type;
  return type === undefined || event.options.some((option) => option.shape.type.value === type)
    ? null
    : 'unknown';
}
