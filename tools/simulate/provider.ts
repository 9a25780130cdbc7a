import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SimulateError } from './errors.ts';

/** Models that this provider has, and no other provider: nobody takes its answers for a real one's. */
export const SIMULATED_MODELS = { steady: 'gpt-simulated', flaky: 'gpt-simulated-flaky' } as const;

const WORDS =
  'This answer was made by the simulator of Sallyport; no model was asked, and nothing was paid for.'
    .split(' ')
    .map((word) => `${word} `);

/** One call in so many to the flaky model fails, in one of the ways that providers fail. */
const FAILS_EVERY = 3;
/** A real one takes seconds; this is enough to see a hold. */
const HEAD_MS = 120;
const WORD_MS = 15;
/** Far more than this simulator's own questions. */
const BODY_BYTES = 64 * 1024;

const question = z.looseObject({
  model: z.enum([SIMULATED_MODELS.steady, SIMULATED_MODELS.flaky]),
  messages: z.array(z.unknown()).min(1),
  max_tokens: z.number().int().min(1).default(WORDS.length),
  stream: z.boolean().default(false),
});
type Question = z.infer<typeof question>;

export interface SimulatedProvider {
  /** Base URL for `TOKENHALL_OPENAI_URL`. */
  readonly url: string;
  close(): Promise<void>;
}

const send = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

async function asked(request: IncomingMessage): Promise<Question | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES) return null;
    chunks.push(chunk);
  }
  try {
    return question.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch {
    return null;
  }
}

function usageOf({ messages }: Question, words: number) {
  const prompt = Math.ceil(JSON.stringify(messages).length / 4);
  return { prompt_tokens: prompt, completion_tokens: words, total_tokens: prompt + words };
}

const head = (object: string, { model }: Question) => ({
  id: 'chatcmpl-simulated',
  object,
  created: 1,
  model,
});

async function answerWhole(
  response: ServerResponse,
  asks: Question,
  words: readonly string[],
): Promise<void> {
  await sleep(words.length * WORD_MS);
  const message = { role: 'assistant', content: words.join('') };
  const choices = [{ index: 0, message, finish_reason: words.length < WORDS.length ? 'length' : 'stop' }];
  send(response, 200, { ...head('chat.completion', asks), choices, usage: usageOf(asks, words.length) });
}

/** @param breaksOff in the middle, as connections do */
async function answerStream(
  response: ServerResponse,
  asks: Question,
  words: readonly string[],
  breaksOff: boolean,
): Promise<void> {
  const chunk = (choices: readonly object[], more: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ ...head('chat.completion.chunk', asks), choices, ...more })}\n\n`,
    );
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [n, content] of words.entries()) {
    if (response.destroyed) return;
    if (breaksOff && n > words.length / 2) return void response.destroy();
    chunk([{ index: 0, delta: n === 0 ? { role: 'assistant', content } : { content }, finish_reason: null }]);
    await sleep(WORD_MS);
  }
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]);
  chunk([], { usage: usageOf(asks, words.length) });
  response.end('data: [DONE]\n\n');
}

/**
 * A provider of models that costs nothing and is none: it speaks the OpenAI style, on loopback only, says in every answer and in
 * every head what it is, and knows two models of names that exist nowhere else.
 * @throws SimulateError `usage` when the port cannot be had
 */
export async function startSimulatedProvider(port: number): Promise<SimulatedProvider> {
  let flaky = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('server', 'sallyport-simulated-provider');
    const asks = await asked(request);
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions' || asks === null)
      return send(response, 404, { error: { message: 'the simulated provider has no such model or path' } });
    if (asks.model === SIMULATED_MODELS.flaky) flaky += 1;
    const fails = asks.model === SIMULATED_MODELS.flaky && flaky % FAILS_EVERY === 0;
    await sleep(HEAD_MS);
    const words = WORDS.slice(0, asks.max_tokens);
    if (asks.stream) return answerStream(response, asks, words, fails);
    if (fails) return send(response, 500, { error: { message: 'the simulated provider fails on purpose' } });
    return answerWhole(response, asks, words);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: unknown) => {
    const sentence = `Port ${port} of 127.0.0.1 cannot be had for the simulated provider; choose another with --provider.`;
    throw new SimulateError('usage', sentence, { cause });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
