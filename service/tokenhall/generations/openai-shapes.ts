import { z } from 'zod';
import { providerJson } from './provider-json.ts';

/** A figure of a provider that can be true; anything else is no figure, and then we measure. */
export const tokenCount = z.number().int().nonnegative().max(1_000_000_000).nullish().catch(null);

const usage = z.object({ prompt_tokens: tokenCount, completion_tokens: tokenCount });
export type ChatUsage = z.infer<typeof usage>;

const said = z.record(z.string(), z.unknown());

const answer = z.object({
  choices: z.array(z.object({ message: said })).min(1),
  usage: usage.nullish().catch(null),
});

const chunk = z.union([
  z.object({ error: z.union([z.string(), said]) }),
  z.object({
    id: z.string().nullish(),
    created: z.number().nullish(),
    model: z.string().nullish(),
    choices: z.array(z.object({ delta: said.nullish(), finish_reason: z.string().nullish() })),
    usage: usage.nullish().catch(null),
  }),
]);

export const chatAnswer = (value: unknown) => answer.safeParse(value).data ?? null;
export const chatChunk = (data: string) => chunk.safeParse(providerJson(data)).data ?? null;
