import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hydratePayerKey } from '../../service/autonomy/sessions/ending.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');
const clock = new TestClock();
const staging = testStaging(clock, cluster.keys.stagingMac);

const [OLD, NEW] = ['old', 'new'].map((age) => `${age}-facilitator-secret-of-a-test-01`) as [string, string];
let api: TestApi;
const restart = async (facilitatorSecret: string) => {
  await api?.close();
  api = await startTestApi({ db, clock, staging, facilitatorSecret });
};
beforeEach(async () => {
  await cluster.reset();
  await restart(OLD);
});
afterEach(() => api.close());

const statusOf = async (path: string, token: string) =>
  (await api.get(path, { authorization: `Bearer ${token}` })).status;
const PAYER = '/api/v1/facilitator/payer';

describe('the admin key', () => {
  it('that is replaced opens the admin plane at once, and the former one nothing', async () => {
    const next = randomBytes(32).toString('base64url');
    api.tokens.replace([createHash('sha256').update(next).digest('hex')]);
    expect(await statusOf('/api/keys', api.adminToken)).toBe(401);
    expect(await statusOf('/api/keys', next)).toBe(200);
    api.tokens.replace([]);
    expect(await statusOf('/api/keys', next)).toBe(401);
  });
});

describe('the secret of the facilitator', () => {
  it('that is replaced by a restart is 200, and the former one 401', async () => {
    expect([await statusOf(PAYER, OLD), await statusOf(PAYER, NEW)]).toEqual([200, 401]);
    await restart(NEW);
    expect([await statusOf(PAYER, OLD), await statusOf(PAYER, NEW)]).toEqual([401, 200]);
  });

  it('tells which payer key is in force, and opens nothing else', async () => {
    const read = async () => (await api.get(PAYER, { authorization: `Bearer ${OLD}` })).body;
    expect(await read()).toEqual({ payerKey: null, generation: 0 });
    const payerKey = 'a'.repeat(64);
    await hydratePayerKey({ db, staging, now: () => clock.now() }, payerKey);
    expect(await read()).toEqual({ payerKey, generation: 1 });
    expect(await statusOf('/api/keys', OLD)).toBe(403);
    expect(await statusOf(PAYER, api.adminToken)).toBe(403);
    for (const token of [`${OLD}x`, OLD.slice(0, -1), OLD.toUpperCase()])
      expect(await statusOf(PAYER, token)).toBe(401);
  });

  it('never reaches the log', async () => {
    await statusOf(PAYER, OLD);
    await statusOf(`${PAYER}?token=${OLD}`, OLD);
    expect(api.logged()).toContain('answered');
    expect(api.logged()).not.toContain(OLD);
  });
});
