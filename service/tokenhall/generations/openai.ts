import { DEFAULT_MAX_TOKENS } from '../../../shared/http/tokenhall.ts';
import type { Dialect, EventVerdict, GenerationBody, Reported, Seen, StreamReader } from './dialect.ts';
import {
  bytesOf,
  type CountPart,
  countInput,
  isObject,
  refuseFields,
  textOnly,
  unpriced,
} from './estimate.ts';
import { type ChatUsage, chatAnswer, chatChunk } from './openai-shapes.ts';

/** Searches, other models, sound, stored conversations, dearer tiers: each is billed apart from tokens. */
const UNPRICED = [
  ...['web_search_options', 'plugins', 'models', 'route', 'provider', 'audio', 'prediction', 'store'],
  ...['background', 'transforms'],
];
const TEXT_PARTS = new Set(['text', 'refusal', undefined]);
const TOOL_TYPES = new Set(['function', 'custom']);

const countPart: CountPart = (part) => {
  if (part.type !== 'image_url') {
    if (!TEXT_PARTS.has(part.type as string | undefined))
      throw unpriced(`a part of the type ${String(part.type)}`);
    return textOnly(part);
  }
  const image = isObject(part.image_url) ? part.image_url : {};
  // Only the picture itself is counted as a picture; whatever else stands in the part is text.
  const { url: _, ...rest } = image;
  return { bytes: bytesOf({ ...part, image_url: rest }), images: 1 };
};

function refuseUnpriced(body: GenerationBody): void {
  refuseFields(body, UNPRICED);
  const { service_tier: tier, modalities, tools } = body;
  if (tier !== undefined && tier !== null && tier !== 'auto' && tier !== 'default')
    throw unpriced('this service tier');
  if (Array.isArray(modalities) && modalities.some((kind) => kind !== 'text'))
    throw unpriced('this modality');
  if (!Array.isArray(tools)) return;
  if (!tools.every((tool) => isObject(tool) && TOOL_TYPES.has(String(tool.type))))
    throw unpriced('a tool that the provider runs');
}

const maxTokensOf = (body: GenerationBody): number => {
  const given = [body.max_tokens, body.max_completion_tokens].filter((n) => typeof n === 'number');
  return given.length === 0 ? DEFAULT_MAX_TOKENS : Math.max(...given);
};

const choicesOf = ({ n }: GenerationBody): number => (typeof n === 'number' ? n : 1);

const wantsUsage = ({ stream_options: options }: GenerationBody): boolean =>
  isObject(options) && options.include_usage === true;

const reportedOf = (usage: ChatUsage | null | undefined): Reported => ({
  input: usage?.prompt_tokens ?? null,
  output: usage?.completion_tokens ?? null,
});

/** Everything generated in a message or a delta: whatever its provider calls it, it is not the role. */
const generatedBytes = ({ role: _, ...rest }: Readonly<Record<string, unknown>>): number => {
  const said = Object.values(rest).filter((value) => value !== null && value !== '');
  return said.reduce<number>((total, value) => total + textBytes(value), 0);
};

function textBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((total, inner) => total + textBytes(inner), 0);
}

class ChatReader implements StreamReader {
  reported: Reported = { input: null, output: null };
  #bytes = 0;
  #pieces = 0;
  #head: Readonly<Record<string, unknown>> = {};
  finished = false;
  readonly #passUsage: boolean;

  constructor(passUsage: boolean) {
    this.#passUsage = passUsage;
  }

  get seen(): Seen {
    return { bytes: this.#bytes, pieces: this.#pieces };
  }

  read(data: string): EventVerdict {
    if (data === '[DONE]') return 'last';
    const chunk = chatChunk(data);
    if (chunk === null) return 'garbage';
    if ('error' in chunk) return 'failed';
    const { id, created, model } = chunk;
    this.#head = { id, object: 'chat.completion.chunk', created, model };
    if (chunk.usage) this.reported = reportedOf(chunk.usage);
    for (const choice of chunk.choices) {
      const bytes = choice.delta ? generatedBytes(choice.delta) : 0;
      this.#bytes += bytes;
      if (bytes > 0) this.#pieces += 1;
      if (choice.finish_reason) this.finished = true;
    }
    return chunk.choices.length === 0 && chunk.usage && !this.#passUsage ? 'drop' : 'pass';
  }

  cut(): string {
    const choices = [{ index: 0, delta: {}, finish_reason: 'length' }];
    return `data: ${JSON.stringify({ ...this.#head, choices })}\n\n${openai.lastEvent}`;
  }
}

/** OpenAI's chat completions, which OpenRouter speaks too. */
export const openai: Dialect = {
  style: 'openai',
  path: '/chat/completions',
  headers: (material) => ({ authorization: `Bearer ${material}` }),
  bound: (body) => {
    refuseUnpriced(body);
    return { ...countInput(body, countPart), output: maxTokensOf(body) * choicesOf(body) };
  },
  outgoing: (body) => {
    const { max_tokens: old, max_completion_tokens: current } = body;
    const limited = typeof old === 'number' || typeof current === 'number';
    // The older name is understood by every router; OpenAI's own models that reason refuse it.
    const limit = body.model.includes('/')
      ? { max_tokens: DEFAULT_MAX_TOKENS }
      : { max_completion_tokens: DEFAULT_MAX_TOKENS };
    const asked = isObject(body.stream_options) ? body.stream_options : {};
    return JSON.stringify({
      ...body,
      ...(limited ? {} : limit),
      ...(body.stream ? { stream_options: { ...asked, include_usage: true } } : {}),
    });
  },
  readAnswer: (answer) => {
    const parsed = chatAnswer(answer);
    if (parsed === null) return null;
    const bytes = parsed.choices.reduce((total, { message }) => total + generatedBytes(message), 0);
    return { reported: reportedOf(parsed.usage), seen: { bytes, pieces: 0 } };
  },
  readStream: (body) => new ChatReader(wantsUsage(body)),
  lastEvent: 'data: [DONE]\n\n',
  errorEvent: (error) => `data: ${JSON.stringify({ error })}\n\n`,
};
