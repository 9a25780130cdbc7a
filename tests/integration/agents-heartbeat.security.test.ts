import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountsOf } from '../fixtures/accounts.ts';
import { CHEAP_IDENTITY, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { brokenStaging } from '../fixtures/ledger.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

let clock: TestClock;
let api: TestApi;
let agent: { id: string; key: string; claimCode: string };

const UNLIMITED = { ...CHEAP_IDENTITY, heartbeat: { limit: 1_000_000, windowSeconds: 60 } };
const open = (identity: typeof CHEAP_IDENTITY | typeof UNLIMITED = UNLIMITED) => {
  const staging = testStaging(clock, cluster.keys.stagingMac);
  return startTestApi({ db, clock, staging, settings: { identity } });
};
const register = async (at = api) => {
  const { agent: row, key, claimCode } = (await at.post('/api/v1/agents/register', { name: 'scout' })).body;
  return { id: row.id, key, claimCode } as typeof agent;
};

beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  api = await open();
  agent = await register();
});
afterEach(() => api.close());

const refused = (status: number, type: string) => ({ status, body: { error: { code: status, type } } });
const beat = (nonce?: string | null, key = agent.key, at = api) =>
  at.post('/api/v1/agents/heartbeat', nonce === undefined ? {} : { nonce }, key);
const answer = (id: string, text: string, key = agent.key) =>
  api.post(`/api/v1/agents/challenges/${id}/answer`, { answer: text }, key);
const right = (bytes: string) => createHash('sha256').update(Buffer.from(bytes, 'base64url')).digest('hex');
/** One in ten carries one: the key’s own minute is waited for, until one does. */
async function challenged(): Promise<{ id: string; bytes: string; answerBy: string }> {
  for (;;) {
    clock.advance(60_000);
    const { body } = await beat();
    if (body.challenge) return body.challenge;
  }
}
const staged = async (kind: string) =>
  (
    await db.kysely.selectFrom('ledger_staged').select(['data', 'agent']).where('kind', '=', kind).execute()
  ).map(({ data, agent: forAgent }) => ({ data: JSON.parse(data), agent: forAgent }));

describe('a heartbeat', () => {
  it('connects an agent once, and says how healthy it is', async () => {
    const first = await beat();
    expect(first).toMatchObject({
      status: 200,
      body: {
        agent: { id: agent.id, state: 'connected_unclaimed' },
        chain: 1,
        health: { confidence: 0.6 / 48 },
      },
    });
    expect(first.body.nonce).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect((await beat(first.body.nonce)).body).toMatchObject({ chain: 2 });
    expect(await staged('agent.connected')).toEqual([{ data: { agentId: agent.id }, agent: agent.id }]);
    const { accessToken } = await accountsOf(() => api).open();
    await api.post('/api/v1/agents/claim', { claimCode: agent.claimCode }, accessToken);
    expect((await beat()).body.agent.state).toBe('claimed');
  });

  it('of an agent that was claimed first connects it as well', async () => {
    const { accessToken } = await accountsOf(() => api).open();
    await api.post('/api/v1/agents/claim', { claimCode: agent.claimCode }, accessToken);
    expect((await beat()).body.agent.state).toBe('claimed');
    expect(await staged('agent.connected')).toHaveLength(1);
  });

  it('of many first ones at once connects it once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => beat()));
    expect(answers.map(({ status, body }) => [status, body.chain])).toEqual(Array(8).fill([200, 1]));
    expect(await staged('agent.connected')).toHaveLength(1);
  });

  it('whose entry cannot be written has not happened', async () => {
    await api.close();
    const staging = brokenStaging('no room');
    api = await startTestApi({ db, clock, staging });
    expect((await beat()).status).toBe(500);
    expect(
      (await api.get('/api/v1/agents/self', { authorization: `Bearer ${agent.key}` })).body.agent.state,
    ).toBe('registered_unclaimed');
    await api.close();
    api = await open();
    expect((await beat()).body.chain).toBe(1);
  });
});

describe('the chain of nonces', () => {
  it('restarts at 1 for a nonce that is replayed, old, another agent’s, or none', async () => {
    const { nonce } = (await beat()).body;
    expect((await beat(nonce)).body.chain).toBe(2);
    expect((await beat(nonce)).body.chain).toBe(1);
    const other = await register();
    const theirs = (await beat(null, other.key)).body.nonce;
    for (const echo of [theirs, '', 'x', `${theirs.slice(0, -1)}.`, '='.repeat(22), null])
      expect((await beat(echo)).body, JSON.stringify(echo)).toMatchObject({ chain: 1 });
    expect((await beat(theirs, other.key)).body.chain).toBe(2);
  });

  it('is extended by one of two heartbeats that echo one nonce at once', async () => {
    const { nonce } = (await beat()).body;
    const both = await Promise.all([beat(nonce), beat(nonce)]);
    expect(both.map(({ body }) => body.chain).sort()).toEqual([1, 2]);
  });

  it('is fed by strings of bounded length only', async () => {
    for (const body of [{ nonce: 'x'.repeat(129) }, { nonce: 1 }, { nonce: ['x'] }, { chain: 336 }])
      expect(await api.post('/api/v1/agents/heartbeat', body, agent.key)).toMatchObject(
        refused(400, 'invalid_body'),
      );
  });
});

describe('a challenge', () => {
  it('is answered once by its agent, in time', async () => {
    const { id, bytes, answerBy } = await challenged();
    expect(Date.parse(answerBy) - clock.ms).toBe(10_000);
    const other = await register();
    expect(await answer(id, right(bytes), other.key)).toMatchObject(refused(404, 'not_found'));
    clock.advance(400);
    expect(await answer(id, right(bytes))).toMatchObject({
      status: 200,
      body: { outcome: 'passed', latencyMs: 400, health: { challenge: 25, latency: 20 } },
    });
    expect(await answer(id, right(bytes))).toMatchObject(refused(404, 'not_found'));
    expect(await staged('agent.challenge-answered')).toEqual([
      { data: { agentId: agent.id, challengeId: id, outcome: 'passed', latencyMs: 400 }, agent: agent.id },
    ]);
  });

  it('is over after a wrong or a late answer, and has one first answer among many', async () => {
    const wrong = await challenged();
    expect((await answer(wrong.id, 'nonsense')).body.outcome).toBe('wrong');
    expect((await answer(wrong.id, right(wrong.bytes))).status).toBe(404);
    const late = await challenged();
    clock.advance(10_001);
    expect((await answer(late.id, right(late.bytes))).body.outcome).toBe('late');
    expect((await answer(late.id, right(late.bytes))).status).toBe(404);
    const raced = await challenged();
    const answers = await Promise.all(Array.from({ length: 6 }, () => answer(raced.id, right(raced.bytes))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
    expect((await answer(`chl_${'0'.repeat(26)}`, 'x')).status).toBe(404);
    expect(await staged('agent.challenge-answered')).toHaveLength(3);
  });
});

describe('the limit of heartbeats', () => {
  it('is 4 in any minute for an agent, whichever of its keys it uses', async () => {
    const { accessToken } = await accountsOf(() => api).open();
    await api.post('/api/v1/agents/claim', { claimCode: agent.claimCode }, accessToken);
    await api.close();
    api = await open(CHEAP_IDENTITY);
    for (let i = 0; i < 3; i += 1) expect((await beat()).status).toBe(200);
    const { key } = (await api.post(`/api/v1/agents/${agent.id}/rekey`, {}, accessToken)).body;
    const fourth = await beat(null, key);
    expect(fourth).toMatchObject({
      status: 200,
      headers: { 'ratelimit-policy': '4;w=60', 'ratelimit-remaining': '0' },
    });
    expect(await beat(null, key)).toMatchObject({
      ...refused(429, 'rate_limited'),
      headers: { 'retry-after': '60' },
    });
    const others = await register();
    expect((await beat(null, others.key)).status).toBe(200);
    const state = (await api.get('/api/rate-limits')).body;
    expect(state.rules).toContainEqual({ scope: 'agent', limit: 4, windowSeconds: 60 });
    expect(state.windows).toContainEqual(
      expect.objectContaining({ scope: 'agent', subject: agent.id, used: 4, refused: 1 }),
    );
    clock.advance(60_000);
    expect((await beat(null, key)).status).toBe(200);
  });

  it('is held by agents alone: no other credential beats', async () => {
    const { accessToken } = await accountsOf(() => api).open();
    const path = '/api/v1/agents/heartbeat';
    expect(await api.post(path, {}, accessToken)).toMatchObject(refused(403, 'wrong_family'));
    expect(await api.post(path, {}, api.adminToken)).toMatchObject(refused(403, 'wrong_family'));
    expect(await api.post(path, {})).toMatchObject(refused(401, 'unauthorized'));
    expect(await beat(null, `tokenmart_${'A'.repeat(43)}`)).toMatchObject(refused(401, 'unauthorized'));
  });
});
