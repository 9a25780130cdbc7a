import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expireHolds } from '../../service/treasury/expiry.ts';
import { SIMULATED_MODELS, startSimulatedProvider } from '../../tools/simulate/provider.ts';
import { testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { GatewayBench, PRICE, type TestKey } from '../fixtures/gateway.ts';
import { letHoldsRunOut } from '../fixtures/gateway-kills.ts';
import { ANSWER, USAGE } from '../fixtures/upstream.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);

const FUNDS = 1_000_000_000n;
const HEALTHY = BigInt(USAGE.input) * PRICE.input + BigInt(USAGE.output) * PRICE.output;

let bench: GatewayBench;
let key: TestKey;
beforeEach(async () => {
  bench = await GatewayBench.open(cluster, db);
  key = await bench.key(FUNDS);
});
afterEach(() => bench.close());

const FAMILIES = [
  { family: 'openai', path: '/chat/completions', prefix: 'gpt-' },
  { family: 'openrouter', path: '/chat/completions', prefix: 'vendor/' },
  { family: 'anthropic', path: '/messages', prefix: 'claude-' },
] as const;

const WAYS = FAMILIES.flatMap((family) => [
  { ...family, stream: false },
  { ...family, stream: true },
]);

const bodyOf = (model: string, stream: boolean, more: object = {}) => ({
  ...{ model, stream, max_tokens: 50, messages: [{ role: 'user', content: 'count to three' }] },
  ...more,
});

async function ask({ path, prefix, stream }: (typeof WAYS)[number], manner: string, more: object = {}) {
  const model = prefix + manner;
  await bench.price(model);
  const answer = await bench.post(path, key.secret, bodyOf(model, stream, more));
  const text = await answer.text().catch(() => '');
  return { status: answer.status, text, headers: answer.headers };
}

/** The generation is over, what it cost has been paid, and nothing is held by anybody. */
async function expectPaid(cost: bigint, loss = 0n): Promise<void> {
  const { posted, held } = await bench.balance(key.accountId);
  expect({ posted, held }).toEqual({ posted: FUNDS - cost, held: 0n });
  expect(await bench.books()).toEqual({ revenue: cost + loss, lost: -loss, held: 0n, sum: 0n });
  const [spend] = await db.kysely.selectFrom('key_spend').selectAll().execute();
  expect([spend?.spent_units ?? '0', spend?.held_units ?? '0']).toEqual([String(cost), '0']);
}

describe.each(WAYS)('$family, stream=$stream', (way) => {
  it('is relayed, and pays what the provider counted', async () => {
    const { status, text, headers } = await ask(way, 'ok');
    expect(status).toBe(200);
    for (const word of ANSWER) expect(text).toContain(word.trim());
    await expectPaid(HEALTHY);
    const [row] = await bench.generations();
    expect(row).toMatchObject({
      state: 'settled',
      ended: 'completed',
      usage: 'reported',
      output_tokens: '3',
    });
    expect(headers.get('x-generation-id')).toBe(row?.id);
    expect(await bench.staged('generation.settled')).toMatchObject([
      { generationId: row?.id, cost: '0.00031100' },
    ]);
  });

  it.each([
    ['500', 502, 'failed'],
    ['busy', 503, 'busy'],
    ['timeout', 504, 'timeout'],
    ['redirect', 502, 'failed'],
    ['refused', 400, 'refused'],
    ['bad-key', 502, 'failed'],
  ])('pays nothing when the provider answers %s', async (manner, status, reason) => {
    const answer = await ask(way, manner);
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([status, status]);
    await expectPaid(0n);
    expect(await bench.generations()).toMatchObject([{ state: 'voided', ended: reason }]);
    expect(await bench.staged('generation.voided')).toMatchObject([{ reason }]);
  });

  it.each(['reset', 'garbage'])('pays nothing for %s in the middle', async (manner) => {
    const answer = await ask(way, manner);
    if (way.stream) expect(answer.text).toContain('"upstream_failed"');
    else expect(answer.status).toBe(502);
    await expectPaid(0n);
    expect(await bench.generations()).toMatchObject([{ state: 'voided', ended: manner }]);
  });

  it('bills what it measured when the provider counts nothing', async () => {
    expect((await ask(way, 'nousage')).status).toBe(200);
    const [row] = await bench.generations();
    expect(row).toMatchObject({ state: 'settled', usage: 'measured' });
    // 16 bytes of words: four tokens, and at least one a piece.
    expect(Number(row?.output_tokens)).toBe(4);
    await expectPaid(BigInt(row?.cost_units ?? 0));
    expect(BigInt(row?.cost_units ?? 0)).toBeGreaterThan(4n * PRICE.output);
  });

  it('posts what exceeds the hold to the platform, and says so', async () => {
    const model = `${way.prefix}ok`;
    await bench.price(model, { input: 1n, output: 1_000_000n });
    bench.upstream.count({ input: 11, output: 70 });
    await bench
      .post(way.path, key.secret, bodyOf(model, way.stream, { max_tokens: 50 }))
      .then((r) => r.text());
    const [row] = await bench.generations();
    const held = BigInt(row?.held_units ?? 0);
    const cost = 11n + 70n * 1_000_000n;
    expect(cost).toBeGreaterThan(held);
    await expectPaid(held, cost - held);
    expect(await bench.staged('generation.over-hold')).toHaveLength(1);
  });
});

describe.each(WAYS.filter(({ stream }) => stream))('a stream of $family', (way) => {
  it('is stopped when what it produced has cost what is held', async () => {
    const { status, text } = await ask(way, 'endless');
    expect(status).toBe(200);
    expect(text).toMatch(/"(?:length|max_tokens)"/);
    const [row] = await bench.generations();
    expect(row).toMatchObject({ state: 'settled', ended: 'stopped', cost_units: row?.held_units });
    const { posted, held } = await bench.balance(key.accountId);
    expect([posted, held]).toEqual([FUNDS - BigInt(row?.held_units ?? 0), 0n]);
    await vi.waitFor(() => expect(bench.upstream.leftEarly()).toBe(1));
  });

  it('is billed for what was produced when its caller hangs up', async () => {
    const model = `${way.prefix}endless`;
    await bench.price(model);
    await bench.hangUp(way.path, key.secret, bodyOf(model, true, { max_tokens: 50_000 }));
    await vi.waitFor(async () => expect(await bench.generations()).toMatchObject([{ state: 'settled' }]));
    const [row] = await bench.generations();
    expect(row).toMatchObject({ ended: 'hung-up', usage: 'measured' });
    expect(Number(row?.output_tokens)).toBeGreaterThan(0);
    await expectPaid(BigInt(row?.cost_units ?? 0));
    await vi.waitFor(() => expect(bench.upstream.leftEarly()).toBe(1));
  });
});

describe.each(WAYS.filter(({ stream }) => !stream))('a whole answer of $family', (way) => {
  it('is paid although its caller left before it came', async () => {
    const model = `${way.prefix}ok`;
    await bench.price(model);
    await bench.hangUp(way.path, key.secret, bodyOf(model, false), true);
    await vi.waitFor(async () => expect(await bench.generations()).toMatchObject([{ state: 'settled' }]));
    await expectPaid(HEALTHY);
  });
});

describe('200 parallel generations on a balance for 50', () => {
  it('let exactly 50 through, refuse 150, and leave nothing held', async () => {
    await bench.price('gpt-ok', { input: 1n, output: 1n });
    const body = bodyOf('gpt-ok', false);
    await (await bench.post('/chat/completions', key.secret, body)).text();
    const hold = BigInt((await bench.generations())[0]?.held_units ?? 0);
    const before = bench.upstream.calls.length;
    // Every one costs all of its hold: as many tokens as were held for it.
    const full = await bench.key(50n * hold);
    bench.upstream.count({ input: Number(hold) - USAGE.output, output: USAGE.output });
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => bench.post('/chat/completions', full.secret, body)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    expect(statuses.filter((status) => status === 402)).toHaveLength(150);
    expect(bench.upstream.calls.length - before).toBe(50);
    const { posted, held } = await bench.balance(full.accountId);
    expect({ posted, held }).toEqual({ posted: 0n, held: 0n });
    expect((await bench.books()).sum).toBe(0n);
  });

  it('keep to the limit of the key the same way', async () => {
    await bench.price('gpt-ok', { input: 1n, output: 1n });
    const body = bodyOf('gpt-ok', false);
    await (await bench.post('/chat/completions', key.secret, body)).text();
    const hold = BigInt((await bench.generations())[0]?.held_units ?? 0);
    const limited = await bench.key(FUNDS, { spendLimit: 5n * hold });
    bench.upstream.count({ input: Number(hold) - USAGE.output, output: USAGE.output });
    const before = bench.upstream.calls.length;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => bench.post('/chat/completions', limited.secret, body)),
    );
    const refused = answers.filter(({ status }) => status === 402);
    expect(refused).toHaveLength(15);
    expect(await refused[0]?.json()).toMatchObject({ error: { code: 402, type: 'spend_limit_reached' } });
    expect(bench.upstream.calls.length - before).toBe(5);
    expect((await bench.balance(limited.accountId)).posted).toBe(FUNDS - 5n * hold);
  });
});

describe('a provider that fails again and again', () => {
  const ask = (model: string) =>
    bench.post('/chat/completions', key.secret, { model, messages: [{ role: 'user', content: 'count' }] });
  const openai = async () =>
    (await bench.api.get('/api/tokenhall/health')).body.providers.find(
      ({ provider }: { provider: string }) => provider === 'openai',
    );

  it('is in the ledger when its breaker opens, and when it answers again; and the screen knows since when', async () => {
    for (const model of ['gpt-500', 'gpt-ok']) await bench.price(model);
    for (let n = 0; n < 5; n += 1) expect((await ask('gpt-500')).status).toBe(502);
    await bench.api.hall.tellBreakers();
    const [opened] = await bench.staged('provider.breaker-opened');
    expect(opened).toMatchObject({ provider: 'openai', failures: 5, waitSeconds: 5, reason: 'failed' });
    expect((await openai()).breaker).toMatchObject({ state: 'open', openedAt: opened.openedAt });

    bench.clock.advance(5_000);
    expect((await ask('gpt-ok')).status).toBe(200);
    for (let turn = 0; turn < 2; turn += 1) await bench.api.hall.tellBreakers();
    expect(await bench.staged('provider.breaker-closed')).toEqual([
      { provider: 'openai', openedAt: opened.openedAt },
    ]);
    expect((await openai()).breaker).toMatchObject({ state: 'closed', openedAt: null });
  });
});

describe('a release that fails for good', () => {
  it('is said aloud, tells the caller what the provider did, and costs nobody anything when the hold expires', async () => {
    await bench.price('gpt-500');
    const owner = cluster.open('migrator', 1);
    await sql`REVOKE UPDATE (state) ON holds FROM api`.execute(owner.kysely);
    const body = { model: 'gpt-500', messages: [{ role: 'user', content: 'count' }] };
    const answer = await bench
      .post('/chat/completions', key.secret, body)
      .finally(() => sql`GRANT UPDATE (state) ON holds TO api`.execute(owner.kysely));
    expect(answer.status).toBe(502);
    const [row] = await bench.generations();
    expect(row).toMatchObject({ state: 'held' });
    expect((await bench.balance(key.accountId)).held).toBe(BigInt(row?.held_units ?? 0));
    const said = bench.api.logged();
    expect(said).toContain('a generation was not released; its hold will expire');
    expect(said).toContain(row?.id);

    await letHoldsRunOut(owner);
    expect(await expireHolds(db, testStaging(bench.clock, cluster.keys.stagingMac))).toBe(1);
    expect(await bench.api.hall.abandon()).toBe(1);
    expect(await bench.balance(key.accountId)).toMatchObject({ posted: FUNDS, held: 0n });
    expect(await bench.staged('generation.abandoned')).toMatchObject([{ generationId: row?.id }]);
  });
});

describe('an instance whose clock is wrong', () => {
  it.each([
    ['an hour late', -3_600_000],
    ['an hour early', 3_600_000],
    ['years late', -4 * 366 * 86_400_000],
  ])('by %s neither loses a hold nor takes it from others', async (_how, wrongMs) => {
    bench.clock.ms = Date.now() + wrongMs;
    await bench.price('gpt-ok');
    bench.upstream.pace(60);
    const { secret } = await bench.keyOf(key.accountId);
    const asked = bench.post('/chat/completions', secret, bodyOf('gpt-ok', false));
    await vi.waitFor(async () => expect(await bench.generations()).toMatchObject([{ state: 'held' }]));
    const staging = testStaging(bench.clock, cluster.keys.stagingMac);
    expect(await expireHolds(db, staging)).toBe(0);
    expect(await bench.api.hall.abandon()).toBe(0);
    expect((await asked).status).toBe(200);
    expect(await bench.generations()).toMatchObject([{ state: 'settled' }]);
    expect(await bench.books()).toEqual({ revenue: HEALTHY, lost: 0n, held: 0n, sum: 0n });
  });
});

describe('the provider of the simulator', () => {
  it('is one to the gateway: whole and streamed answers are paid by what it counts', async () => {
    const provider = await startSimulatedProvider(0);
    await bench.close();
    const { url: openai } = provider;
    const allowedHosts = [new URL(openai).host, 'api.anthropic.com', 'openrouter.ai'];
    bench = await GatewayBench.open(cluster, db, { baseUrls: { openai }, allowedHosts, headMs: 5_000 });
    const { secret } = await bench.key(FUNDS);
    await bench.price(SIMULATED_MODELS.steady);
    for (const stream of [false, true]) {
      const answer = await bench.post('/chat/completions', secret, bodyOf(SIMULATED_MODELS.steady, stream));
      expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('simulator')]);
    }
    const ended = { state: 'settled', ended: 'completed', usage: 'reported' };
    expect(await bench.generations()).toMatchObject([ended, ended]);
    await provider.close();
  });
});
