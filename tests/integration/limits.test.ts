import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enterClosedMinutes } from '../../service/limits/refusals.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { brokenStaging } from '../fixtures/ledger.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

let api: TestApi;
let operator: TestOperator;
const clock = new TestClock();
const staging = testStaging(clock, cluster.keys.stagingMac);

beforeEach(async () => {
  await cluster.reset();
  api = await startTestApi({
    db,
    clock,
    staging,
    settings: {
      trustedProxies: ['127.0.0.1'],
      limits: { ip: { limit: 30, windowSeconds: 10 }, operator: { limit: 5, windowSeconds: 60 } },
    },
  });
  operator = await api.enrolFirst();
});
afterEach(async () => {
  await api.close();
  clock.advance(120_000);
});

const create = (label: string, requestsPerMinute = 60) =>
  api.signed({ route: 'keys.create', path: '/api/keys', body: { label, requestsPerMinute } }, operator);
const from = (address: string, authorization = 'Bearer nonsense') =>
  api.get('/api/v1/tokenhall/key', { 'x-forwarded-for': address, authorization });
const repeat = async <T>(times: number, work: () => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let i = 0; i < times; i += 1) results.push(await work());
  return results;
};

describe('the limit of an address', () => {
  it('lets 30 requests pass in any 10 s, and the 31st when the first has left', async () => {
    const passed = await repeat(30, () => from('203.0.113.9'));
    expect(passed.every((answer) => answer.status === 401)).toBe(true);
    expect(passed[0]?.headers).toMatchObject({
      'ratelimit-policy': '30;w=10',
      'ratelimit-limit': '30',
      'ratelimit-remaining': '29',
      'x-ratelimit-limit': '30',
      'x-ratelimit-remaining': '29',
      'x-ratelimit-reset': String(clock.ms / 1000 + 10),
    });
    clock.advance(4_000);
    const over = await from('203.0.113.9');
    expect(over).toMatchObject({
      status: 429,
      body: { error: { type: 'rate_limited' } },
      headers: { 'retry-after': '6', 'ratelimit-remaining': '0', 'ratelimit-reset': '6' },
    });
    clock.advance(5_999);
    expect((await from('203.0.113.9')).status).toBe(429);
    clock.advance(1);
    expect((await from('203.0.113.9')).status).toBe(401);
  });

  it('is each address’s own, and one for both spellings of an address', async () => {
    await repeat(30, () => from('203.0.113.9'));
    expect((await from('::ffff:203.0.113.9')).status).toBe(429);
    expect((await from('203.0.113.10')).status).toBe(401);
  });

  it('holds for unknown paths and addresses that cannot be decoded, and not for probes', async () => {
    await repeat(30, () => from('203.0.113.9'));
    const at = (path: string) => api.get(path, { 'x-forwarded-for': '203.0.113.9' });
    expect((await at('/nowhere')).status).toBe(429);
    expect((await at('/%zz')).status).toBe(429);
    expect((await at('/healthz')).status).toBe(200);
  });

  it('does not slow an operator’s console, but slows who guesses the admin token', async () => {
    const poll = (authorization: string) =>
      api.get('/api/keys', { 'x-forwarded-for': '203.0.113.9', authorization });
    const polled = await repeat(40, () => poll(`Bearer ${api.adminToken}`));
    expect(polled.every((answer) => answer.status === 200)).toBe(true);
    const guessed = await repeat(40, () => poll('Bearer guess'));
    expect(guessed.filter((answer) => answer.status === 401)).toHaveLength(30);
    expect(guessed.filter((answer) => answer.status === 429)).toHaveLength(10);
  });
});

describe('the limit of a key', () => {
  it('is its own requests a minute, told by the tighter of both limits', async () => {
    const { secret } = (await create('a', 2)).body;
    const use = (address: string) => from(address, `Bearer ${secret}`);
    expect((await use('203.0.113.1')).headers['ratelimit-policy']).toBe('2;w=60');
    expect((await use('203.0.113.2')).status).toBe(200);
    expect(await use('203.0.113.3')).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
    clock.advance(60_000);
    expect((await use('203.0.113.3')).status).toBe(200);
  });
});

describe('the limit of an operator', () => {
  it('counts its mutations, and nobody else can spend it', async () => {
    const stranger = api.newOperator();
    const forged = { ...stranger, keyId: operator.keyId };
    await repeat(10, () =>
      api.signed({ route: 'keys.create', path: '/api/keys', body: { label: 'x' } }, forged),
    );
    const statuses = (await repeat(7, () => create('a'))).map((answer) => answer.status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429, 429]);
  });
});

describe('refusals', () => {
  const entries = async () => {
    const rows = await db.kysely
      .selectFrom('ledger_staged')
      .select(['kind', 'data', 'actor_type'])
      .orderBy('arrival')
      .execute();
    return rows
      .filter((row) => row.kind.endsWith('.refusals'))
      .map((row) => ({ kind: row.kind, actor: row.actor_type, ...JSON.parse(row.data) }));
  };
  const enter = () => enterClosedMinutes(db, staging, clock.now());

  it('of a minute are one entry for each reason, however many strangers called', async () => {
    clock.ms = Math.ceil(clock.ms / 60_000) * 60_000;
    const minute = clock.now().toISOString();
    await repeat(35, () => from('203.0.113.9'));
    await from('203.0.113.10', 'Bearer thm_x');
    await api.refusals.flush(db);
    await repeat(5, () => from('203.0.113.11'));
    await api.refusals.flush(db);
    expect(await enter()).toBe(0);
    clock.advance(62_000);
    await api.refusals.flush(db);
    expect(await enter()).toBe(3);
    expect(await enter()).toBe(0);
    expect(await entries()).toEqual(
      expect.arrayContaining([
        {
          kind: 'auth.refusals',
          actor: 'stranger',
          minute,
          reason: 'unauthorized',
          plane: 'public',
          count: 35,
          subjects: 2,
        },
        {
          kind: 'auth.refusals',
          actor: 'stranger',
          minute,
          reason: 'wrong_family',
          plane: 'public',
          count: 1,
          subjects: 1,
        },
        { kind: 'limit.refusals', actor: 'stranger', minute, scope: 'ip', count: 5, subjects: 1 },
      ]),
    );
  });

  it('enter the ledger once although two instances close the minute, and another one after a crash', async () => {
    await from('203.0.113.9');
    await api.refusals.flush(db);
    clock.advance(122_000);
    const entered = await Promise.all([enter(), enter(), enter()]);
    expect(entered.reduce((sum, n) => sum + n, 0)).toBe(1);
    expect(await entries()).toHaveLength(1);
  });

  it('stay where they are when their entry cannot be staged', async () => {
    await from('203.0.113.9');
    await api.refusals.flush(db);
    clock.advance(122_000);
    const broken = brokenStaging('no');
    await expect(enterClosedMinutes(db, broken, clock.now())).rejects.toThrow('no');
    expect(await enter()).toBe(1);
  });

  it('are bounded: a flood of tokens, addresses and paths makes a handful of rows', async () => {
    await repeat(300, () => from(`198.51.100.${Math.floor(Math.random() * 250)}`, `Bearer ${Math.random()}`));
    await api.refusals.flush(db);
    const { n } = await db.kysely
      .selectFrom('refusal_signals')
      .select((e) => e.fn.countAll().as('n'))
      .executeTakeFirstOrThrow();
    expect(Number(n)).toBeLessThanOrEqual(2);
  });
});
