import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PASSWORD } from '../fixtures/accounts.ts';
import type { TestAnswer, TestApi } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { operatorActs } from '../fixtures/operators.ts';
import { startTestRedis } from '../fixtures/redis.ts';
import { type ServedApi, type ServedOptions, startServedApi } from '../fixtures/served.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
const redis = await startTestRedis();
afterAll(async () => {
  await redis.stop();
  await cluster.stop();
});

/** Two processes' worth of the service: one PostgreSQL, one Redis, one public origin, nothing else in common. */
let one: ServedApi;
let two: ServedApi;

async function startBoth(settings: ServedOptions['settings'] = {}): Promise<void> {
  const options = { settings, redisUrl: redis.url, balanced: true };
  one = await startServedApi(cluster, options);
  two = await startServedApi(cluster, options);
}
beforeEach(async () => {
  await cluster.reset();
  await redis.admin.flushall();
});
afterEach(async () => {
  await one.stop();
  await two.stop();
});

const at = (n: number) => (n % 2 === 0 ? one : two);
const manyTimes = (count: number, send: (to: ServedApi) => Promise<TestAnswer>) =>
  Promise.all(Array.from({ length: count }, (_, n) => send(at(n))));
const count = (answers: readonly TestAnswer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

async function open(email = 'ada@example.org') {
  await one.post('/api/v1/auth/register', { email, password: PASSWORD });
  const { body } = await one.post('/api/v1/auth/login', { email, password: PASSWORD });
  return body.tokens as { accessToken: string; refreshToken: string };
}
const me = (api: ServedApi, token: string) =>
  api.get('/api/v1/auth/me', { authorization: `Bearer ${token}` });
const refresh = (api: ServedApi, refreshToken: string) => api.post('/api/v1/auth/refresh', { refreshToken });

async function keyOf(by: TestOperator, requestsPerMinute: number): Promise<{ id: string; secret: string }> {
  const body = { label: 'k', requestsPerMinute };
  const answer = await one.signed({ route: 'keys.create', path: '/api/keys', body }, by);
  expect(answer.status, answer.text).toBe(201);
  return { id: answer.body.key.id, secret: answer.body.secret };
}
const callWith = (api: ServedApi, secret: string) =>
  api.get('/api/v1/tokenhall/key', { authorization: `Bearer ${secret}` });

describe('two instances on one PostgreSQL and one Redis', () => {
  it('count one limit: of an address, with the defaults, and of a key', async () => {
    const settings = {
      limits: { ip: { limit: 30, windowSeconds: 10 }, operator: { limit: 300, windowSeconds: 60 } },
    };
    await startBoth(settings);
    const strangers = await manyTimes(60, (api) => api.get('/nowhere'));
    expect([count(strangers, 404), count(strangers, 429)]).toEqual([30, 30]);
    for (const answer of strangers) expect(answer.headers['x-ratelimit-mode']).toBeUndefined();
    await redis.admin.flushall();
    const { secret } = await keyOf(await two.enrolFirst(), 5);
    const used = await manyTimes(20, (api) => callWith(api, secret));
    expect([count(used, 200), count(used, 429)]).toEqual([5, 15]);
  });

  it('exchange a refresh token once, and a second use ends the family on both', async () => {
    await startBoth();
    const session = await open();
    const next = await refresh(two, session.refreshToken);
    expect(next.status).toBe(200);
    expect((await refresh(one, session.refreshToken)).status).toBe(401);
    for (const api of [one, two]) {
      expect((await me(api, next.body.tokens.accessToken)).status).toBe(401);
      expect((await refresh(api, next.body.tokens.refreshToken)).status).toBe(401);
    }
    const raced = await open();
    const answers = await manyTimes(20, (api) => refresh(api, raced.refreshToken));
    expect([count(answers, 200), count(answers, 401)]).toEqual([1, 19]);
    for (const api of [one, two]) expect((await me(api, raced.accessToken)).status).toBe(401);
  });

  it('accept one nonce once under 100 sends to both', async () => {
    await startBoth();
    const operator = await two.enrolFirst();
    const order = { route: 'keys.create', path: '/api/keys', body: { label: 'once' } } as const;
    const request = await one.prepare(order, operator);
    const answers = await manyTimes(100, (api) => api.send(request));
    expect(count(answers, 201)).toBe(1);
    // Refused as a replay, or not taken on because the database has no connection free: never let through.
    for (const { status, body } of answers.filter((answer) => answer.status === 401))
      expect([status, body.error.type]).toEqual([401, 'signature_replayed']);
    expect(count(answers, 401) + count(answers, 503)).toBe(99);
    expect((await two.get('/api/keys')).body.keys).toHaveLength(1);
  });

  it('revoke for each other: a session and an operator with the answer of the revocation, a key within a second', async () => {
    await startBoth();
    const first = await two.enrolFirst();
    const acts = operatorActs(() => two as Pick<TestApi, 'signed' | 'send' | 'newOperator'>);
    const second = await acts.join('Second', 'responder', first);
    const key = await keyOf(second, 60);
    const session = await open();
    for (const api of [one, two]) {
      expect((await me(api, session.accessToken)).status).toBe(200);
      expect((await callWith(api, key.secret)).status).toBe(200);
    }

    expect((await one.post('/api/v1/auth/logout', {}, session.accessToken)).status).toBe(200);
    expect((await me(two, session.accessToken)).status).toBe(401);
    expect((await refresh(two, session.refreshToken)).status).toBe(401);

    const revokeKey = {
      route: 'keys.revoke',
      path: `/api/keys/${key.id}/revoke`,
      body: { displayPrefix: key.secret.slice(0, 11), reason: 'leaked' },
    } as const;
    const revoked = await one.signed(revokeKey, second);
    expect(revoked.status, revoked.text).toBe(200);
    expect((await callWith(one, key.secret)).status).toBe(401);
    // Keys are remembered: what another instance revokes binds within a second.
    await vi.waitFor(async () => expect((await callWith(two, key.secret)).status).toBe(401), {
      timeout: 1000,
    });

    expect((await acts.revoke(second.id, first)).status).toBe(200);
    const late = { route: 'keys.create', path: '/api/keys', body: { label: 'late' } } as const;
    const refused = await one.signed(late, second);
    expect(refused).toMatchObject({ status: 401, body: { error: { type: 'key_unknown' } } });
  });
});
