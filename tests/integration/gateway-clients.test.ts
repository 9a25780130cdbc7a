import Anthropic from '@anthropic-ai/sdk';
import { sql } from 'kysely';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGenerations } from '../../service/boundaries/store.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { GatewayBench, type TestKey } from '../fixtures/gateway.ts';
import { letHoldsRunOut } from '../fixtures/gateway-kills.ts';
import { ANSWER } from '../fixtures/upstream.ts';

/** The providers' own clients, unchanged: only the base URL and the key are ours. */
const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

let bench: GatewayBench;
let key: TestKey;
let openai: OpenAI;
let anthropic: Anthropic;
beforeEach(async () => {
  bench = await GatewayBench.open(cluster, db);
  key = await bench.key(10_000_000_000n);
  openai = new OpenAI({ apiKey: key.secret, baseURL: bench.url, maxRetries: 0 });
  anthropic = new Anthropic({ authToken: key.secret, apiKey: null, baseURL: bench.url, maxRetries: 0 });
  for (const model of ['gpt-ok', 'claude-ok', 'vendor/ok']) await bench.price(model);
});
afterEach(() => bench.close());

const TEXT = ANSWER.join('');
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const QUESTION = [{ role: 'user' as const, content: 'count' }];
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } } };

describe('the client of OpenAI', () => {
  it('is refused for a frozen wallet before the provider hears of it, and tries no second time', async () => {
    await sql`UPDATE wallets SET freeze_id = ${`wfz_${'0'.repeat(26)}`}, frozen_at = now(), frozen_by = 'x',
      freeze_reason = 'stolen' WHERE account_id = ${key.accountId}`.execute(db.kysely);
    const eager = new OpenAI({ apiKey: key.secret, baseURL: bench.url, maxRetries: 2 });
    const ask = eager.chat.completions.create({ model: 'gpt-ok', messages: QUESTION });
    await expect(ask).rejects.toMatchObject({ status: 423, type: 'wallet_frozen' });
    expect([bench.upstream.calls, await bench.generations()]).toEqual([[], []]);
  });

  it.each(['gpt-ok', 'vendor/ok'])('asks %s, streaming and not', async (model) => {
    const whole = await openai.chat.completions.create({ model, messages: QUESTION });
    expect(whole.choices[0]?.message.content).toBe(TEXT);
    expect(whole.usage?.completion_tokens).toBe(3);
    let text = '';
    let usage: unknown = null;
    const stream = await openai.chat.completions.create({ model, messages: QUESTION, stream: true });
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    // Usage was asked for by us, to bill by; this caller did not, and does not see it.
    expect([text, usage]).toEqual([TEXT, null]);
    const asked = bench.upstream.calls.map(({ body }) => [body.stream_options?.include_usage]);
    expect(asked).toEqual([[undefined], [true]]);
    expect(await bench.generations()).toMatchObject([{ state: 'settled' }, { state: 'settled' }]);
  });

  it('sees usage in a stream when it asks for it', async () => {
    const stream = await openai.chat.completions.create({
      ...{ model: 'gpt-ok', messages: QUESTION, stream: true, stream_options: { include_usage: true } },
    });
    const usages = [];
    for await (const chunk of stream) if (chunk.usage) usages.push(chunk.usage.completion_tokens);
    expect(usages).toEqual([3]);
  });

  it('calls tools and sends images, streaming and not', async () => {
    const url = `data:image/png;base64,${PIXEL}`;
    const messages = [
      {
        role: 'user' as const,
        content: [
          { type: 'text' as const, text: 'the weather here?' },
          { type: 'image_url' as const, image_url: { url } },
        ],
      },
    ];
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }];
    const whole = await openai.chat.completions.create({ model: 'gpt-ok', messages, tools });
    expect(whole.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'weather' } }]);
    const stream = openai.chat.completions.stream({ model: 'gpt-ok', messages, tools });
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'weather' } }]);
    expect(bench.upstream.calls[0]?.body.messages).toEqual(messages);
  });

  it('lists models and reads our errors', async () => {
    const listed = await openai.models.list();
    expect(listed.data.map(({ id }) => id)).toEqual(['claude-ok', 'gpt-ok', 'vendor/ok']);
    const poor = await bench.key(0n);
    const client = new OpenAI({ apiKey: poor.secret, baseURL: bench.url, maxRetries: 0 });
    const refused = client.chat.completions.create({ model: 'gpt-ok', messages: QUESTION });
    await expect(refused).rejects.toMatchObject({ status: 402, type: 'insufficient_funds' });
    const broken = openai.chat.completions.create({ model: 'gpt-unknown', messages: QUESTION });
    await expect(broken).rejects.toMatchObject({ status: 400, type: 'model_unpriced' });
    expect(bench.upstream.calls).toHaveLength(0);
  });

  it('throws what fails in the middle of a stream', async () => {
    await bench.price('gpt-reset');
    const stream = await openai.chat.completions.create({
      model: 'gpt-reset',
      messages: QUESTION,
      stream: true,
    });
    const read = async () => {
      for await (const _ of stream);
    };
    await expect(read()).rejects.toMatchObject({ type: 'upstream_failed' });
  });
});

describe('the client of Anthropic', () => {
  const ask = { model: 'claude-ok', max_tokens: 50, messages: QUESTION };

  it('asks, streaming and not', async () => {
    const whole = await anthropic.messages.create(ask);
    expect(whole.content).toMatchObject([{ type: 'text', text: TEXT }]);
    const final = await anthropic.messages.stream(ask).finalMessage();
    expect(final.content).toMatchObject([{ type: 'text', text: TEXT }]);
    expect(final.usage.output_tokens).toBe(3);
    expect(await bench.generations()).toMatchObject([{ state: 'settled' }, { state: 'settled' }]);
  });

  it('calls tools and sends images, streaming and not', async () => {
    const source = { type: 'base64' as const, media_type: 'image/png' as const, data: PIXEL };
    const content = [
      { type: 'image' as const, source },
      { type: 'text' as const, text: 'here?' },
    ];
    const body = {
      ...{ ...ask, messages: [{ role: 'user' as const, content }] },
      tools: [{ name: 'weather', input_schema: parameters }],
    };
    const whole = await anthropic.messages.create(body);
    expect(whole.content).toMatchObject([{ type: 'tool_use', input: { city: 'Bern' } }]);
    const final = await anthropic.messages.stream(body).finalMessage();
    expect(final.content).toMatchObject([{ type: 'tool_use', input: { city: 'Bern' } }]);
  });

  it('reads our errors, and throws what fails in the middle of a stream', async () => {
    const poor = await bench.key(0n);
    const client = new Anthropic({ authToken: poor.secret, apiKey: null, baseURL: bench.url, maxRetries: 0 });
    await expect(client.messages.create(ask)).rejects.toMatchObject({ status: 402 });
    await bench.price('claude-reset');
    const broken = anthropic.messages.stream({ ...ask, model: 'claude-reset' }).finalMessage();
    await expect(broken).rejects.toThrow(/upstream_failed/);
  });
});

describe('what a key may ask', () => {
  const refusedWith = async (path: string, body: object, secret = key.secret) => {
    const answer = await bench.post(path, secret, { messages: QUESTION, max_tokens: 5, ...body });
    const { error } = (await answer.json()) as { error: { type: string } };
    return [answer.status, error.type];
  };

  it.each([
    ['/chat/completions', { model: 'llama-3' }, 'model_unknown'],
    ['/chat/completions', { model: 'claude-ok' }, 'model_unknown'],
    ['/messages', { model: 'gpt-ok' }, 'model_unknown'],
    ['/messages', { model: 'vendor/ok' }, 'model_unknown'],
    ['/chat/completions', { model: 'gpt-ok', web_search_options: {} }, 'bad_request'],
    ['/chat/completions', { model: 'vendor/ok', models: ['vendor/dear'] }, 'bad_request'],
    ['/chat/completions', { model: 'gpt-ok', service_tier: 'priority' }, 'bad_request'],
    ['/messages', { model: 'claude-ok', tools: [{ type: 'web_search_20250305', name: 'w' }] }, 'bad_request'],
    [
      '/messages',
      { model: 'claude-ok', messages: [{ role: 'user', content: [{ type: 'document' }] }] },
      'bad_request',
    ],
    ['/chat/completions', { model: 'gpt-ok', max_tokens: -5 }, 'invalid_body'],
  ])('%s %j is refused, and no provider hears of it', async (path, body, type) => {
    expect(await refusedWith(path, body)).toEqual([400, type]);
    expect(bench.upstream.calls).toHaveLength(0);
    expect((await bench.books()).held).toBe(0n);
  });

  it('refuses an image where the model takes none, and a key of nobody', async () => {
    await bench.price('gpt-blind', { mediaTokens: null });
    const image = [{ type: 'image_url', image_url: { url: 'https://x.example/i.png' } }];
    const body = { model: 'gpt-blind', messages: [{ role: 'user', content: image }] };
    expect(await refusedWith('/chat/completions', body)).toEqual([400, 'bad_request']);
    const nobody = await bench.keyOf(null);
    expect(await refusedWith('/chat/completions', { model: 'gpt-ok' }, nobody.secret)).toEqual([
      402,
      'insufficient_funds',
    ]);
    expect(bench.upstream.calls).toHaveLength(0);
  });

  it('reads its credits, itself and its own generations only', async () => {
    const authorization = `Bearer ${key.secret}`;
    const answer = await bench.post('/chat/completions', key.secret, { model: 'gpt-ok', messages: QUESTION });
    const id = answer.headers.get('x-generation-id');
    await answer.text();
    const get = (path: string, as = authorization) =>
      bench.api.get(`/api/v1/tokenhall${path}`, { authorization: as });
    expect((await get('/credits')).body.credits).toMatchObject({
      held: '0.00000000',
      available: '99.99968900',
    });
    expect((await get('/key')).body.key).toMatchObject({ id: key.id, spent: '0.00031100', spendLimit: null });
    expect((await get(`/generation/${id}`)).body.generation).toMatchObject({
      cost: '0.00031100',
      inputTokens: 11,
    });
    const other = await bench.key(0n);
    expect((await get(`/generation/${id}`, `Bearer ${other.secret}`)).status).toBe(404);
  });

  it('is shown to operators with its trace and velocity, and without a word of it', async () => {
    const body = { model: 'gpt-ok', messages: [{ role: 'user', content: 'the canary of a prompt' }] };
    await (await bench.post('/chat/completions', key.secret, body)).text();
    const list = await bench.api.get('/api/tokenhall/generations');
    expect(list.body.generations).toMatchObject([{ keyId: key.id, state: 'settled', loss: '0.00000000' }]);
    const steps = list.body.generations[0].trace.map(({ step }: { step: string }) => step);
    expect(steps).toEqual(['routed', 'secret', 'held', 'attempt', 'answered', 'settling']);
    expect(list.text).not.toContain('canary');
    const velocity = await bench.api.get('/api/tokenhall/velocity');
    expect(velocity.body.keys).toMatchObject([
      { keyId: key.id, lastMinute: '0.00031100', hourlyBaseline: null },
    ]);
    bench.clock.advance(3_600_000);
    const later = (await bench.api.get('/api/tokenhall/velocity')).body.keys[0];
    expect([later.lastMinute, later.hourlyBaseline]).toEqual(['0.00000000', '0.00031100']);
    const health = (await bench.api.get('/api/tokenhall/health')).body.providers;
    expect(health[0]).toMatchObject({
      provider: 'openai',
      breaker: { state: 'closed' },
      calls: { succeeded: 1 },
    });
  });
});

describe('the price of a model', () => {
  it('is set by a signed request, counts from its moment on, and never backwards', async () => {
    const operator = await bench.api.enrolFirst();
    const set = (body: object) =>
      bench.api.signed({ route: 'prices.set', path: '/api/tokenhall/prices', body }, operator);
    const price = { model: 'gpt-new', input: '0.00000100', output: '0.00010000', mediaTokens: null };
    const from = new Date(bench.clock.ms + 60_000).toISOString();
    expect(await set({ ...price, effectiveFrom: from })).toMatchObject({ status: 201 });
    const ask = () => bench.post('/chat/completions', key.secret, { model: 'gpt-new', messages: QUESTION });
    expect((await ask()).status).toBe(400);
    bench.clock.advance(60_000);
    expect((await ask()).status).toBe(200);
    const past = new Date(bench.clock.ms - 1_000).toISOString();
    expect((await set({ ...price, effectiveFrom: past })).status).toBe(400);
    expect((await set({ ...price, effectiveFrom: from, model: 'gpt-new' })).status).toBe(409);
    expect((await set({ ...price, input: '0.00000000' })).status).toBe(400);
    expect((await set({ ...price, input: '10.00000001' })).status).toBe(400);
    expect((await set({ ...price, model: 'nobody' })).status).toBe(400);
    expect(await bench.staged('price.set')).toMatchObject([{ model: 'gpt-new', output: '0.00010000' }]);
  });
});

describe('a generation whose process died between hold and settlement', () => {
  it('is ended without a charge, once, however many look for it', async () => {
    await bench.price('gpt-timeout');
    const cut = new AbortController();
    const sent = fetch(`${bench.url}/chat/completions`, {
      ...{ method: 'POST', signal: cut.signal },
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-timeout', messages: QUESTION }),
    }).catch(() => undefined);
    await expect.poll(async () => (await bench.generations()).length).toBe(1);
    // While its hold lasts nobody ends it, whatever the clock of this instance says.
    bench.clock.advance(3_600_000);
    expect(await bench.api.hall.abandon()).toBe(0);
    // Long after its hold, for those who look: the process that held it is as good as dead.
    await letHoldsRunOut(cluster.open('migrator', 1));
    const ended = await Promise.all([bench.api.hall.abandon(), bench.api.hall.abandon()]);
    expect(ended.reduce<number>((sum, n) => sum + Number(n), 0)).toBe(1);
    expect(await bench.generations()).toMatchObject([{ state: 'abandoned', cost_units: '0' }]);
    expect(await bench.staged('generation.abandoned')).toHaveLength(1);
    // It began an hour ago, and is counted in the minute that it was ended in.
    const seen = () => readGenerations(db.kysely, new Date(bench.clock.ms));
    expect(await seen()).toEqual({ began: 0, settled: 0, voided: 0, abandoned: 1, lost: 0 });
    bench.clock.advance(60_001);
    expect(await seen()).toMatchObject({ abandoned: 0 });
    await sent;
    // Whoever comes back finds it ended, and charges nobody.
    expect(await bench.generations()).toMatchObject([{ state: 'abandoned' }]);
    expect((await bench.balance(key.accountId)).posted).toBe(10_000_000_000n);
  });
});
