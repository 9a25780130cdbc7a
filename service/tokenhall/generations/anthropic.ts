import { DEFAULT_MAX_TOKENS } from '../../../shared/http/tokenhall.ts';
import { type MessageUsage, messageAnswer, messageEvent } from './anthropic-shapes.ts';
import type { Dialect, EventVerdict, GenerationBody, Reported, Seen, StreamReader } from './dialect.ts';
import {
  bytesOf,
  type CountPart,
  countInput,
  isObject,
  refuseFields,
  sum,
  textOnly,
  unpriced,
} from './estimate.ts';

const VERSION = '2023-06-01';

/** Remote tools, containers and dearer tiers: each is billed apart from tokens. */
const UNPRICED = ['mcp_servers', 'container', 'speed', 'inference_geo'];

const TEXT_PARTS = new Set(['text', 'tool_use', 'thinking', 'redacted_thinking', undefined]);

/** Tools that the caller runs: only their description is read. Versions follow the name. */
const CLIENT_TOOL = /^(?:custom|(?:bash|text_editor|computer|memory)_\d{8})$/;

/** Writing to the provider's cache costs up to twice the price of a token. */
const CACHE_WRITE = 2;

const countPart: CountPart = (part) => {
  if (part.type === 'tool_result' && Array.isArray(part.content)) {
    const { content, ...rest } = part;
    return sum([
      textOnly(rest),
      ...content.map((inner) => (isObject(inner) ? countPart(inner) : textOnly(inner))),
    ]);
  }
  if (part.type === 'image' && isObject(part.source)) {
    // Only the picture itself is counted as a picture; whatever else stands in the part is text.
    const { data: _, url: __, ...source } = part.source;
    return { bytes: bytesOf({ ...part, source }), images: 1 };
  }
  if (part.type !== 'tool_result' && !TEXT_PARTS.has(part.type as string | undefined))
    throw unpriced(`a part of the type ${String(part.type)}`);
  return textOnly(part);
};

function refuseUnpriced(body: GenerationBody): void {
  refuseFields(body, UNPRICED);
  const { service_tier: tier, tools } = body;
  if (tier !== undefined && tier !== null && tier !== 'standard_only') throw unpriced('this service tier');
  if (!Array.isArray(tools)) return;
  if (!tools.every((tool) => isObject(tool) && CLIENT_TOOL.test(String(tool.type ?? 'custom'))))
    throw unpriced('a tool that the provider runs');
}

/** Whether anything of it is written to the provider's cache. Looked for in what is sent, wherever it stands. */
const caches = (body: GenerationBody): boolean => JSON.stringify(body).includes('"cache_control"');

const maxTokensOf = ({ max_tokens: given }: GenerationBody): number =>
  typeof given === 'number' ? given : DEFAULT_MAX_TOKENS;

const inputOf = (usage: MessageUsage | null | undefined): number | null =>
  typeof usage?.input_tokens === 'number'
    ? usage.input_tokens +
      (usage.cache_creation_input_tokens ?? 0) * CACHE_WRITE +
      (usage.cache_read_input_tokens ?? 0)
    : null;

/** What was generated in a block or a delta; its type and its ids were not. */
const generatedBytes = (value: Readonly<Record<string, unknown>>): number =>
  ['text', 'thinking', 'partial_json', 'input', 'name', 'data'].reduce((total, field) => {
    const found = value[field];
    if (typeof found === 'string') return total + Buffer.byteLength(found);
    return isObject(found) && Object.keys(found).length > 0 ? total + bytesOf(found) : total;
  }, 0);

class MessageReader implements StreamReader {
  #input: number | null = null;
  #output: number | null = null;
  #bytes = 0;
  #pieces = 0;
  #open: number | null = null;
  finished = false;

  get reported(): Reported {
    return { input: this.#input, output: this.#output };
  }

  get seen(): Seen {
    return { bytes: this.#bytes, pieces: this.#pieces };
  }

  #generated(bytes: number): void {
    this.#bytes += bytes;
    if (bytes > 0) this.#pieces += 1;
  }

  read(data: string): EventVerdict {
    const event = messageEvent(data);
    if (event === null) return 'garbage';
    if (event === 'unknown') return 'pass';
    switch (event.type) {
      case 'error':
        return 'failed';
      case 'message_stop':
        return 'last';
      case 'message_start':
        this.#input = inputOf(event.message.usage);
        break;
      case 'content_block_start':
        this.#open = event.index;
        this.#generated(generatedBytes(event.content_block));
        break;
      case 'content_block_delta':
        this.#generated(generatedBytes(event.delta));
        break;
      case 'content_block_stop':
        this.#open = null;
        break;
      case 'message_delta':
        // Cumulative, and the last word on both.
        this.#output = event.usage?.output_tokens ?? this.#output;
        this.#input = inputOf(event.usage) ?? this.#input;
        if (event.delta.stop_reason) this.finished = true;
    }
    return 'pass';
  }

  cut(): string {
    const events = [
      ...(this.#open === null ? [] : [{ type: 'content_block_stop', index: this.#open }]),
      {
        type: 'message_delta',
        delta: { stop_reason: 'max_tokens', stop_sequence: null },
        usage: { output_tokens: this.#pieces },
      },
    ];
    return events.map(written).join('') + anthropic.lastEvent;
  }
}

const written = (event: { readonly type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** Anthropic's messages. */
export const anthropic: Dialect = {
  style: 'anthropic',
  path: '/messages',
  headers: (material) => ({ 'x-api-key': material, 'anthropic-version': VERSION }),
  bound: (body) => {
    refuseUnpriced(body);
    const { input, images } = countInput(body, countPart);
    const factor = caches(body) ? CACHE_WRITE : 1;
    return { input: input * factor, images: images * factor, output: maxTokensOf(body) };
  },
  outgoing: (body) => JSON.stringify({ ...body, max_tokens: maxTokensOf(body) }),
  readAnswer: (answer) => {
    const parsed = messageAnswer(answer);
    if (parsed === null) return null;
    const bytes = parsed.content.reduce((total, block) => total + generatedBytes(block), 0);
    const output = parsed.usage?.output_tokens ?? null;
    return { reported: { input: inputOf(parsed.usage), output }, seen: { bytes, pieces: 0 } };
  },
  readStream: () => new MessageReader(),
  lastEvent: written({ type: 'message_stop' }),
  errorEvent: (error) => written({ type: 'error', ...{ error } } as { type: string }),
};
