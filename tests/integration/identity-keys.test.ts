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

const create = (body: object = { label: 'agent' }, idempotencyKey?: string) =>
  api.signed(
    { route: 'keys.create', path: '/api/keys', body, ...(idempotencyKey ? { idempotencyKey } : {}) },
    operator,
  );
const revoke = ({ id, displayPrefix }: { id: string; displayPrefix: string }, reason = 'lost') =>
  api.signed(
    { route: 'keys.revoke', path: `/api/keys/${id}/revoke`, body: { displayPrefix, reason } },
    operator,
  );
const use = (secret: string) => api.get('/api/v1/tokenhall/key', { authorization: `Bearer ${secret}` });
const staged = async () => {
  const rows = await db.kysely
    .selectFrom('ledger_staged')
    .select(['id', 'kind', 'data', 'actor_id', 'request_id'])
    .orderBy('arrival')
    .execute();
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) }));
};

describe('an inference key', () => {
  it('is shown once, opens its route, and stops at its revocation', async () => {
    const created = await create({ label: 'agent', requestsPerMinute: 5 });
    expect(created).toMatchObject({
      status: 201,
      body: { key: { label: 'agent', requestsPerMinute: 5, state: 'active', lastUsedAt: null } },
    });
    const { key, secret } = created.body;
    expect(secret).toMatch(/^th_[A-Za-z0-9_-]{43}$/);
    expect(key.displayPrefix).toBe(secret.slice(0, 11));
    expect(await use(secret)).toMatchObject({ status: 200, body: { key: { id: key.id } } });
    expect(await revoke(key)).toMatchObject({
      status: 200,
      body: { key: { state: 'revoked', revokedReason: 'lost' } },
    });
    expect(await use(secret)).toMatchObject({ status: 401, body: { error: { type: 'unauthorized' } } });
  });

  it('is in the ledger from its creation to its revocation, by who signed, with the ids that were answered', async () => {
    const { key, eventId } = (await create()).body;
    const revoked = await revoke(key);
    const [, createdEntry, revokedEntry] = await staged();
    const operators = (await api.get('/api/operators')).body.operators;
    expect(createdEntry).toMatchObject({
      id: eventId,
      kind: 'key.created',
      actor_id: operators[0].id,
      data: { keyId: key.id, label: 'agent', displayPrefix: key.displayPrefix, requestsPerMinute: 60 },
    });
    expect(revokedEntry).toMatchObject({
      id: revoked.body.eventId,
      kind: 'key.revoked',
      request_id: revoked.headers['x-request-id'],
      data: { keyId: key.id, reason: 'lost' },
    });
  });

  it('cannot be revoked twice, nor when it does not exist', async () => {
    const { key } = (await create()).body;
    await revoke(key);
    expect(await revoke(key, 'again')).toMatchObject({
      status: 409,
      body: { error: { type: 'conflict' } },
    });
    expect(
      await revoke({ ...key, id: key.id.replace(/.$/, key.id.endsWith('0') ? '1' : '0') }),
    ).toMatchObject({
      status: 404,
    });
    expect((await staged()).filter((entry) => entry.kind === 'key.revoked')).toHaveLength(1);
  });

  it('is revoked once by two revocations at the same time', async () => {
    const { key } = (await create()).body;
    const answers = await Promise.all([revoke(key), revoke(key), revoke(key)]);
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409, 409]);
  });

  it.each([
    { label: '' },
    { label: '  ' },
    { label: 'x', requestsPerMinute: 0 },
    { label: 'x', requestsPerMinute: -1 },
    { label: 'x', requestsPerMinute: 1.5 },
    { label: 'x'.repeat(65) },
    { label: 'x', extra: 1 },
    {},
    [],
  ])('is not made from %j', async (body) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { error: { type: 'invalid_body' } } });
  });

  it('shows when it was used last, without a write for each request', async () => {
    const { secret } = (await create()).body;
    api.clock.advance(1_000);
    await use(secret);
    expect((await api.get('/api/keys')).body.keys[0].lastUsedAt).toBeNull();
    await api.lastSeen.flush(db);
    const usedAt = api.clock.now().toISOString();
    expect((await api.get('/api/keys')).body.keys[0].lastUsedAt).toBe(usedAt);
    expect((await api.get('/api/operators')).body.operators[0].lastSignedAt).not.toBeNull();
  });
});

describe('a revoked key never comes back', () => {
  it('not by SQL of the API’s role, nor of the owner', async () => {
    const { key } = (await create()).body;
    await revoke(key);
    const revival = { revoked_at: null, revoked_by: null, revoked_reason: null };
    for (const role of ['api', 'migrator'] as const)
      await expect(
        cluster.open(role, 1).kysely.updateTable('api_keys').set(revival).where('id', '=', key.id).execute(),
      ).rejects.toMatchObject({ code: 'constraint', constraint: 'api_keys_stay_revoked' });
  });
});

describe('the list of keys', () => {
  it('pages newest first without skipping or repeating keys of the same instant', async () => {
    const made: string[] = [];
    for (let i = 0; i < 7; i += 1) made.push((await create({ label: `k${i}` })).body.key.id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await api.get(`/api/keys?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.body.keys.map((k: { id: string }) => k.id));
      cursor = page.body.nextCursor;
    }
    expect([...seen].sort()).toEqual([...made].sort());
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it('filters by state, and refuses limits and cursors that are not', async () => {
    const { key } = (await create()).body;
    await create({ label: 'other' });
    await revoke(key);
    const ids = async (state: string) =>
      (await api.get(`/api/keys?state=${state}`)).body.keys.map((k: { id: string }) => k.id);
    expect(await ids('revoked')).toEqual([key.id]);
    expect(await ids('active')).not.toContain(key.id);
    for (const query of ['limit=0', 'limit=501', 'limit=x', 'cursor=1%27', 'state=gone', 'limit=1&limit=2'])
      expect(await api.get(`/api/keys?${query}`), query).toMatchObject({
        status: 400,
        body: { error: { type: 'bad_request' } },
      });
  });
});
