import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteOldIdentities } from '../../service/identity/agents/store.ts';
import { accountsOf, type TestSession } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { brokenStaging } from '../fixtures/ledger.ts';

const HOUR = 3_600_000;

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

let clock: TestClock;
let api: TestApi;
let ada: TestSession;
let eve: TestSession;

beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  const { open } = accountsOf(() => api);
  ada = await open('ada@example.org');
  eve = await open('eve@example.org');
});
afterEach(() => api.close());

const refused = (status: number, type: string) => ({ status, body: { error: { code: status, type } } });
const register = async (name = 'scout') => (await api.post('/api/v1/agents/register', { name })).body;
const claim = (claimCode: string, { accessToken } = ada) =>
  api.post('/api/v1/agents/claim', { claimCode }, accessToken);
const claimed = async (by = ada) => {
  const made = await register();
  expect((await claim(made.claimCode, by)).status).toBe(200);
  return made;
};
const rekey = (id: string, { accessToken } = ada) => api.post(`/api/v1/agents/${id}/rekey`, {}, accessToken);
const as = (token: string, agentId?: string) => ({
  authorization: `Bearer ${token}`,
  ...(agentId === undefined ? {} : { 'x-agent-id': agentId }),
});
const self = (key: string) => api.get('/api/v1/agents/self', as(key));
const staged = async (kind: string) => {
  const rows = await db.kysely
    .selectFrom('ledger_staged')
    .select(['data', 'actor_type', 'actor_id', 'agent'])
    .where('kind', '=', kind)
    .orderBy('arrival')
    .execute();
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) }));
};

describe('an agent', () => {
  it('registers, calls with its key, and is claimed by an account', async () => {
    const { agent, key, claimCode } = await register();
    expect(agent).toMatchObject({ name: 'scout', state: 'registered_unclaimed', ownerId: null });
    expect(key).toMatch(/^tokenmart_[A-Za-z0-9_-]{43}$/);
    expect(claimCode).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(await self(key)).toMatchObject({ status: 200, body: { agent: { id: agent.id } } });
    expect(await claim(claimCode)).toMatchObject({
      status: 200,
      body: { agent: { state: 'claimed', ownerId: ada.accountId } },
    });
    const list = await api.get('/api/v1/agents', as(ada.accessToken));
    expect(list.body.agents.map((a: { id: string }) => a.id)).toEqual([agent.id]);
    expect((await api.get('/api/v1/agents', as(eve.accessToken))).body.agents).toEqual([]);
    expect(await staged('agent.registered')).toMatchObject([{ actor_type: 'agent', actor_id: agent.id }]);
    expect(await staged('agent.claimed')).toMatchObject([
      { actor_type: 'account', actor_id: ada.accountId, data: { agentId: agent.id } },
    ]);
  });

  it.each([{ name: '' }, { name: ' ' }, { name: 'x'.repeat(65) }, {}, { name: 'x', state: 'claimed' }])(
    'is not registered from %j',
    async (body) => {
      expect(await api.post('/api/v1/agents/register', body)).toMatchObject(refused(400, 'invalid_body'));
      expect(await staged('agent.registered')).toEqual([]);
    },
  );

  it('is claimed once: 404 for a bad code, 409 for a used one, one winner among many', async () => {
    const { claimCode } = await register();
    expect(await claim('A'.repeat(22))).toMatchObject(refused(404, 'not_found'));
    expect(await claim(`${claimCode}x`)).toMatchObject(refused(404, 'not_found'));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => claim(claimCode, i % 2 ? ada : eve)),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array(7).fill(409)]);
    expect(await claim(claimCode)).toMatchObject(refused(409, 'conflict'));
    expect(await staged('agent.claimed')).toHaveLength(1);
    const release = db.kysely.updateTable('agents').set({ owner_id: eve.accountId, claimed_at: null });
    await expect(release.execute()).rejects.toMatchObject({ constraint: 'agents_stay_claimed' });
  });
});

describe('a rekey', () => {
  it('mints the new key and ends the old ones', async () => {
    const { agent, key } = await claimed();
    const answer = await rekey(agent.id);
    expect(answer).toMatchObject({ status: 200, body: { revoked: 1 } });
    expect((await self(answer.body.key)).status).toBe(200);
    expect(await self(key)).toMatchObject(refused(401, 'unauthorized'));
    expect(await staged('agent.rekeyed')).toMatchObject([{ data: { agentId: agent.id, revoked: 1 } }]);
  });

  it('is its owner’s alone, of an agent that is claimed and exists', async () => {
    const { agent, key } = await claimed();
    const unclaimed = await register();
    expect(await rekey(agent.id, eve)).toMatchObject(refused(403, 'forbidden'));
    expect(await rekey(unclaimed.agent.id)).toMatchObject(refused(403, 'forbidden'));
    expect(await rekey(`agt_${'0'.repeat(26)}`)).toMatchObject(refused(404, 'not_found'));
    const path = `/api/v1/agents/${agent.id}/rekey`;
    expect(await api.post(path, {}, key)).toMatchObject(refused(403, 'wrong_family'));
    expect(await api.post(path, {})).toMatchObject(refused(401, 'unauthorized'));
    for (const kept of [key, unclaimed.key]) expect((await self(kept)).status).toBe(200);
    expect(await staged('agent.rekeyed')).toEqual([]);
  });

  it('that fails leaves the old key working', async () => {
    const { agent, key } = await claimed();
    await api.close();
    api = await startTestApi({
      db,
      clock,
      staging: brokenStaging('no room'),
    });
    expect(await rekey(agent.id)).toMatchObject(refused(500, 'internal'));
    expect((await self(key)).status).toBe(200);
  });

  it('of many at once leaves exactly one key', async () => {
    const { agent } = await claimed();
    const answers = await Promise.all(Array.from({ length: 5 }, () => rekey(agent.id)));
    const statuses = await Promise.all(answers.map(async ({ body }) => (await self(body.key)).status));
    expect(statuses.sort()).toEqual([200, 401, 401, 401, 401]);
  });
});

describe('a platform key', () => {
  it('opens the agent’s routes only, and no other credential opens them', async () => {
    const { key } = await claimed();
    for (const path of ['/api/v1/auth/me', '/api/v1/tokenhall/key', '/api/keys'])
      expect(await api.get(path, as(key)), path).toMatchObject(refused(403, 'wrong_family'));
    for (const token of [ada.accessToken, api.adminToken, `th_${'A'.repeat(43)}`])
      expect(await self(token)).toMatchObject(refused(403, 'wrong_family'));
    for (const token of [`tokenmart_${'A'.repeat(43)}`, key.slice(0, -1), `${key}A`, 'x'])
      expect(await self(token)).toMatchObject(refused(401, 'unauthorized'));
  });

  it('has the limit of a key', async () => {
    const { key } = await claimed();
    for (let i = 0; i < 60; i += 1) expect((await self(key)).status).toBe(200);
    expect(await self(key)).toMatchObject(refused(429, 'rate_limited'));
  });
});

describe('X-Agent-Id', () => {
  const acting = (session: TestSession, agentId?: string) =>
    api.get('/api/v1/agents/acting', as(session.accessToken, agentId));

  it('names an owned agent; without it the only one is meant, and of several none', async () => {
    expect(await acting(ada)).toMatchObject(refused(400, 'agent_required'));
    const one = await claimed();
    expect(await acting(ada)).toMatchObject({ status: 200, body: { agent: { id: one.agent.id } } });
    const two = await claimed();
    expect(await acting(ada)).toMatchObject(refused(400, 'agent_required'));
    for (const { agent } of [one, two])
      expect(await acting(ada, agent.id)).toMatchObject({ status: 200, body: { agent: { id: agent.id } } });
  });

  it('that is foreign, unclaimed or unknown is 403 on every route of an account, whether it is needed or not', async () => {
    await claimed();
    const foreign = await claimed(eve);
    const unclaimed = await register();
    for (const named of [foreign.agent.id, unclaimed.agent.id, `agt_${'0'.repeat(26)}`, 'x', "' OR 1=1 --"])
      for (const path of ['/api/v1/agents/acting', '/api/v1/auth/me', '/api/v1/agents'])
        expect(await api.get(path, as(ada.accessToken, named)), `${path} ${named}`).toMatchObject(
          refused(403, 'forbidden'),
        );
  });

  it('is in the ledger beside who called', async () => {
    const { agent } = await claimed();
    const answer = await api.send(
      {
        method: 'POST',
        path: '/api/v1/auth/logout',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      },
      as(ada.accessToken, agent.id),
    );
    expect(answer.status).toBe(200);
    expect(await staged('session.revoked')).toMatchObject([
      { actor_type: 'account', actor_id: ada.accountId, agent: agent.id },
    ]);
  });

  it('that is absent means the only agent in the ledger, and none of several', async () => {
    const one = await claimed();
    await rekey(one.agent.id);
    await claimed();
    await rekey(one.agent.id);
    expect((await staged('agent.rekeyed')).map(({ agent }) => agent)).toEqual([one.agent.id, null]);
  });
});

describe('an identity token', () => {
  const issue = async (key: string) => (await api.post('/api/v1/agents/identity-tokens', {}, key)).body;
  const verify = (body: unknown) => api.post('/api/v1/agents/identity-tokens/verify', body);

  it('says which agent it is, for an hour: 401 when it has expired, 404 when it is unknown, 400 without one', async () => {
    const { agent, key } = await claimed();
    const { token, expiresAt } = await issue(key);
    expect(token).toMatch(/^tmid_[A-Za-z0-9_-]{43}$/);
    clock.advance(HOUR - 1);
    expect(await verify({ token })).toMatchObject({
      status: 200,
      body: { agent: { id: agent.id }, expiresAt },
    });
    clock.advance(1);
    expect(await verify({ token })).toMatchObject(refused(401, 'unauthorized'));
    expect(await verify({ token: `tmid_${'A'.repeat(43)}` })).toMatchObject(refused(404, 'not_found'));
    for (const body of [{}, { token: '' }, { token: null }, []])
      expect(await verify(body)).toMatchObject(refused(400, 'invalid_body'));
    await deleteOldIdentities(db.kysely, new Date(clock.ms + 25 * HOUR));
    expect(await verify({ token })).toMatchObject(refused(404, 'not_found'));
  });

  it('is no credential for anything else, and is issued to agents only', async () => {
    const { key } = await claimed();
    const { token } = await issue(key);
    for (const path of ['/api/v1/agents/self', '/api/v1/auth/me', '/api/keys'])
      expect(await api.get(path, as(token)), path).toMatchObject(refused(403, 'wrong_family'));
    expect(await api.post('/api/v1/agents/identity-tokens', {}, ada.accessToken)).toMatchObject(
      refused(403, 'wrong_family'),
    );
    expect(await staged('agent.identity-issued')).toHaveLength(1);
  });
});

it('no row of the database, log or error holds a key, claim code or identity token', async () => {
  const { key, claimCode, agent } = await claimed();
  const { token } = (await api.post('/api/v1/agents/identity-tokens', {}, key)).body;
  const rekeyed = (await rekey(agent.id)).body.key;
  const errors = [
    await self(key),
    await claim(claimCode),
    await api.get(`/api/v1/agents/self?token=${rekeyed}`, {}),
    await api.post('/api/v1/agents/identity-tokens/verify', { token: [token] }),
  ];
  const rows = await Promise.all(
    (['agents', 'agent_keys', 'identity_tokens', 'ledger_staged'] as const).map((table) =>
      db.kysely.selectFrom(table).selectAll().execute(),
    ),
  );
  const places = [JSON.stringify(rows), api.logged(), ...errors.map(({ text }) => text)];
  for (const secret of [key, claimCode, token, rekeyed])
    for (const place of places) expect(place).not.toContain(secret);
});
