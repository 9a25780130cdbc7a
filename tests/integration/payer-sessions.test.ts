import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

let api: TestApi;
let operator: TestOperator;

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  operator = await api.enrolFirst();
});
afterEach(() => api.close());

type Act = 'refresh' | 'increment' | 'revoke';
const BODY: Record<Act, object> = { refresh: {}, increment: {}, revoke: { reason: 'done' } };

const issue = (body: object = {}) =>
  api.signed(
    { route: 'sessions.issue', path: '/api/sessions', body: { purpose: 'crawl', ...body } },
    operator,
  );
const act = (kind: Act, id: string, body: object = BODY[kind], idempotencyKey?: string) =>
  api.signed(
    {
      ...{ route: `sessions.${kind}` as const, path: `/api/sessions/${id}/${kind}`, body },
      ...(idempotencyKey ? { idempotencyKey } : {}),
    },
    operator,
  );
const get = (id: string) => api.get(`/api/sessions/${id}`);
const activeIds = async (query = '') =>
  (await api.get(`/api/sessions/active${query}`)).body.sessions.map((one: { id: string }) => one.id);
const issued = async (body?: object): Promise<string> => (await issue(body)).body.session.id;
const kinds = async () =>
  (await db.kysely.selectFrom('ledger_staged').select('kind').orderBy('arrival').execute())
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('payer.'));

describe('a payer session', () => {
  it('lives an hour and signs three times unless told otherwise', async () => {
    const { status, body } = await issue();
    expect(status).toBe(201);
    expect(body.session).toMatchObject({
      purpose: 'crawl',
      state: 'ACTIVE',
      signatureAllowance: 3,
      signaturesUsed: 0,
      payerKey: null,
      expiresAt: new Date(api.clock.ms + 3_600_000).toISOString(),
    });
    expect(await get(body.session.id)).toMatchObject({ status: 200, body: { session: body.session } });
  });

  it('signs as often as allowed, then is exhausted for ever', async () => {
    const id = await issued();
    const states: string[] = [];
    for (let used = 1; used <= 3; used += 1) {
      const { body } = await act('increment', id);
      expect(body.session.signaturesUsed).toBe(used);
      states.push(body.session.state);
    }
    expect(states).toEqual(['ACTIVE', 'ACTIVE', 'EXHAUSTED']);
    for (const kind of ['increment', 'refresh', 'revoke'] as const)
      expect(await act(kind, id)).toMatchObject({ status: 409, body: { error: { type: 'conflict' } } });
    expect((await get(id)).body.session).toMatchObject({ state: 'EXHAUSTED', signaturesUsed: 3 });
  });

  it('is prolonged by a refresh, which gives back no signature', async () => {
    const id = await issued({ expiresInSeconds: 10 });
    await act('increment', id);
    api.clock.advance(9_000);
    const refreshed = await act('refresh', id, { expiresInSeconds: 20 });
    expect(refreshed.body.session).toMatchObject({
      state: 'ACTIVE',
      signaturesUsed: 1,
      expiresAt: new Date(api.clock.ms + 20_000).toISOString(),
    });
    api.clock.advance(19_999);
    expect(await act('increment', id)).toMatchObject({ status: 200 });
    api.clock.advance(1);
    expect(await act('increment', id)).toMatchObject({ status: 409 });
  });

  it('is revoked once, with the reason, and nothing brings it back', async () => {
    const id = await issued();
    expect((await act('revoke', id, { reason: 'key leaked' })).body.session).toMatchObject({
      state: 'REVOKED',
      endedReason: 'key leaked',
    });
    for (const kind of ['increment', 'refresh', 'revoke'] as const)
      expect((await act(kind, id)).status).toBe(409);
    expect((await get(id)).body.session).toMatchObject({ state: 'REVOKED', endedReason: 'key leaked' });
  });

  it('stays expired when the clock goes back after somebody met its end', async () => {
    const id = await issued({ expiresInSeconds: 10 });
    api.clock.advance(10_000);
    expect((await get(id)).body.session.state).toBe('EXPIRED');
    expect((await act('refresh', id)).status).toBe(409);
    api.clock.advance(-9_000);
    for (const kind of ['increment', 'refresh'] as const) expect((await act(kind, id)).status).toBe(409);
    expect(await kinds()).toEqual(['payer.session-issued', 'payer.session-expired']);
  });

  it('counts a repeated request once', async () => {
    const id = await issued();
    const first = await act('increment', id, {}, 'once-only');
    const again = await act('increment', id, {}, 'once-only');
    expect(again.body).toEqual(first.body);
    expect((await get(id)).body.session.signaturesUsed).toBe(1);
  });

  it('is in the ledger at every step, with the ids that were answered', async () => {
    const id = await issued({ signatureAllowance: 2 });
    await act('refresh', id);
    await act('increment', id);
    const last = await act('increment', id);
    const other = await issued();
    await act('revoke', other);
    expect(await kinds()).toEqual([
      'payer.session-issued',
      'payer.session-refreshed',
      'payer.session-signed',
      'payer.session-signed',
      'payer.session-issued',
      'payer.session-revoked',
    ]);
    const entry = await db.kysely
      .selectFrom('ledger_staged')
      .select(['data', 'request_id'])
      .where('id', '=', last.body.eventId)
      .executeTakeFirstOrThrow();
    expect(entry.request_id).toBe(last.headers['x-request-id']);
    expect(JSON.parse(entry.data)).toEqual({
      sessionId: id,
      signaturesUsed: 2,
      signatureAllowance: 2,
      exhausted: true,
    });
  });

  it.each([
    {},
    { purpose: ' ' },
    { purpose: 'x'.repeat(201) },
    { purpose: 'x', expiresInSeconds: 0 },
    { purpose: 'x', expiresInSeconds: 86_401 },
    { purpose: 'x', signatureAllowance: 0 },
    { purpose: 'x', signatureAllowance: -1 },
    { purpose: 'x', signatureAllowance: 1.5 },
    { purpose: 'x', signatureAllowance: 1001 },
    { purpose: 'x', state: 'ACTIVE' },
  ])('is not issued from %j', async (body) => {
    const answer = await api.signed({ route: 'sessions.issue', path: '/api/sessions', body }, operator);
    expect(answer).toMatchObject({ status: 400, body: { error: { type: 'invalid_body' } } });
  });

  it('that does not exist is 404, and what is no id is 400', async () => {
    const absent = (await issued()).replace(/.{4}$/, '0000');
    expect((await get(absent)).status).toBe(404);
    for (const kind of ['increment', 'refresh', 'revoke'] as const)
      expect((await act(kind, absent)).status).toBe(404);
    expect((await get('nobody')).status).toBe(400);
  });
});

describe('active payer sessions', () => {
  it('are those that can sign now, newest first, in pages that neither skip nor repeat', async () => {
    const expired = await issued({ expiresInSeconds: 1 });
    api.clock.advance(1_000);
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await issued());
    const revoked = await issued();
    await act('revoke', revoked);
    const used = await issued({ signatureAllowance: 1 });
    await act('increment', used);
    const all = await activeIds();
    expect([...all].sort()).toEqual([...ids].sort());
    expect(all).toEqual([...all].sort().reverse());
    expect(all).not.toContain(expired);
    const { sessions, nextCursor } = (await api.get('/api/sessions/active?limit=3')).body;
    const rest = await activeIds(`?limit=3&cursor=${nextCursor}`);
    expect([...sessions.map((one: { id: string }) => one.id), ...rest]).toEqual(all);
  });

  it.each(['limit=0', 'limit=501', 'cursor=x'])('refuse %s', async (query) => {
    expect((await api.get(`/api/sessions/active?${query}`)).status).toBe(400);
  });
});

describe('where values came from', () => {
  it('is said to be nowhere when the service is bundled', async () => {
    expect(await api.get('/api/settings/provenance')).toMatchObject({
      status: 200,
      body: { provider: 'none', values: [] },
    });
    expect((await api.get('/api/settings/provenance', {})).status).toBe(401);
  });
});
