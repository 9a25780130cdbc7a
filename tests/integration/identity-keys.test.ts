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
const revoke = (id: string, reason = 'lost') =>
  api.signed({ route: 'keys.revoke', path: `/api/keys/${id}/revoke`, body: { reason } }, operator);
const open = (secret: string) => api.get('/api/v1/tokenhall/key', { authorization: `Bearer ${secret}` });

describe('an inference key', () => {
  it('is shown once, opens its route, and stops at its revocation', async () => {
    const created = await create({ label: 'agent', requestsPerMinute: 5 });
    expect(created).toMatchObject({
      status: 201,
      body: { key: { label: 'agent', requestsPerMinute: 5, state: 'active', lastUsedAt: null } },
    });
    const { key, secret, eventId } = created.body;
    expect(secret).toMatch(/^th_[A-Za-z0-9_-]{43}$/);
    expect(eventId).toMatch(/^evt_/);
    expect(key.displayPrefix).toBe(secret.slice(0, 11));
    expect(await open(secret)).toMatchObject({ status: 200, body: { key: { id: key.id } } });
    const revoked = await revoke(key.id);
    expect(revoked).toMatchObject({
      status: 200,
      body: { key: { state: 'revoked', revokedReason: 'lost' } },
    });
    expect(await open(secret)).toMatchObject({ status: 401, body: { error: { type: 'unauthorized' } } });
  });
});
