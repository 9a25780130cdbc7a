import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountsOf, type TestSession } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { brokenStaging } from '../fixtures/ledger.ts';

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

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const create = (body: object, token = ada.accessToken) => api.post('/api/v1/keys', body, token);
const made = async (body: object = {}, token = ada.accessToken) => {
  const { status, text, body: answer } = await create({ label: 'k', ...body }, token);
  expect(status, text).toBe(201);
  return answer as { key: { id: string }; secret: string };
};
const get = (id: string, token = ada.accessToken) => api.get(`/api/v1/keys/${id}`, bearer(token));
const list = (query = '', token = ada.accessToken) => api.get(`/api/v1/keys${query}`, bearer(token));
const update = (id: string, body: object, token = ada.accessToken) =>
  api.post(`/api/v1/keys/${id}/update`, body, token);
const revoke = (id: string, token = ada.accessToken) =>
  api.post(`/api/v1/keys/${id}/revoke`, { reason: 'lost' }, token);
const use = (secret: string) => api.get('/api/v1/tokenhall/key', bearer(secret));
const refused = (status: number, type?: string) => ({
  status,
  body: { error: { code: status, ...(type ? { type } : {}) } },
});
const claimed = async (by = ada) => {
  const agent = (await api.post('/api/v1/agents/register', { name: 'scout' })).body;
  await api.post('/api/v1/agents/claim', { claimCode: agent.claimCode }, by.accessToken);
  return agent as { agent: { id: string }; key: string };
};
const staged = async (kind: string) => {
  const rows = await db.kysely
    .selectFrom('ledger_staged')
    .select(['data', 'actor_type', 'actor_id', 'agent'])
    .where('kind', '=', kind)
    .orderBy('arrival')
    .execute();
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) }));
};

describe('a key of an account', () => {
  it('is made, used, read, changed and revoked by its session', async () => {
    const { agent } = await claimed();
    const wish = { label: 'bot', agentId: agent.id, requestsPerMinute: 30, spendLimit: '12.5' };
    const { status, body } = await create(wish);
    expect({ status, key: body.key }).toMatchObject({
      status: 201,
      key: {
        ...wish,
        spendLimit: '12.50000000',
        family: 'inference',
        accountId: ada.accountId,
        state: 'active',
      },
    });
    expect(body.secret).toMatch(/^th_[A-Za-z0-9_-]{43}$/);
    expect(await use(body.secret)).toMatchObject({
      status: 200,
      body: { key: { id: body.key.id, agentId: agent.id, spendLimit: '12.50000000' } },
    });
    expect((await get(body.key.id)).body).toEqual({ key: body.key });
    const change = { label: 'other', requestsPerMinute: 60, spendLimit: null };
    expect(await update(body.key.id, change)).toMatchObject({ status: 200, body: { key: change } });
    expect(await revoke(body.key.id)).toMatchObject({ status: 200, body: { key: { state: 'revoked' } } });
    expect(await use(body.secret)).toMatchObject(refused(401, 'unauthorized'));
    expect(await staged('key.issued')).toMatchObject([
      {
        actor_type: 'account',
        actor_id: ada.accountId,
        agent: agent.id,
        data: { keyId: body.key.id, accountId: ada.accountId, agentId: agent.id, spendLimit: '12.50000000' },
      },
    ]);
    expect(await staged('key.changed')).toMatchObject([{ data: { keyId: body.key.id, ...change } }]);
    expect(await staged('key.revoked')).toMatchObject([{ data: { keyId: body.key.id, reason: 'lost' } }]);
  });

  it('is managed by a management key as well, whose entries name that key', async () => {
    const { secret: thm, key } = await made({ family: 'management', label: 'ci' });
    expect(thm).toMatch(/^thm_[A-Za-z0-9_-]{43}$/);
    const own = await made({}, thm);
    expect((await update(own.key.id, { label: 'renamed' }, thm)).status).toBe(200);
    expect((await get(own.key.id, thm)).body.key).toMatchObject({
      label: 'renamed',
      accountId: ada.accountId,
    });
    expect((await list('', thm)).body.keys).toHaveLength(2);
    expect((await revoke(own.key.id, thm)).status).toBe(200);
    expect((await staged('key.issued'))[1]).toMatchObject({ actor_type: 'key', actor_id: key.id });
    expect(await use(thm)).toMatchObject(refused(403, 'wrong_family'));
  });

  it.each([
    [{ label: '' }],
    [{ label: '  ' }],
    [{ label: 'x', requestsPerMinute: 0 }],
    [{ label: 'x', requestsPerMinute: -1 }],
    [{ label: 'x', spendLimit: '-1' }],
    [{ label: 'x', spendLimit: '-0.00000001' }],
    [{ label: 'x', spendLimit: '0.000000001' }],
    [{ label: 'x', spendLimit: 12 }],
    [{ label: 'x', spendLimit: '1e3' }],
    [{ label: 'x', family: 'platform' }],
    [{ label: 'x', family: 'management', spendLimit: '1' }],
    [{ label: 'x', expiresAt: '2029-12-31T23:59:59.000Z' }],
    [{ label: 'x', state: 'active' }],
    [{}],
  ])('is not made from %j', async (body) => {
    expect(await create(body)).toMatchObject(refused(400, 'invalid_body'));
    expect(await staged('key.issued')).toEqual([]);
  });

  it('expires at its time and then opens nothing, however it is changed', async () => {
    const expiresAt = new Date(clock.ms + 60_000).toISOString();
    const { key, secret } = await made({ expiresAt });
    clock.advance(59_999);
    expect((await use(secret)).status).toBe(200);
    clock.advance(1);
    expect(await use(secret)).toMatchObject(refused(401, 'unauthorized'));
    expect((await get(key.id)).body.key.state).toBe('expired');
    expect((await update(key.id, { expiresAt: null })).status).toBe(400);
    await update(key.id, { label: 'again' });
    expect((await use(secret)).status).toBe(401);
    const states = async (state: string) => (await list(`?state=${state}`)).body.keys.length;
    expect([await states('active'), await states('expired'), await states('revoked')]).toEqual([0, 1, 0]);
  });

  it('is listed newest first, page by page, to its account only', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      clock.advance(1);
      ids.unshift((await made({ label: `k${i}` })).key.id);
    }
    await made({}, eve.accessToken);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await list(`?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.keys.map((key: { id: string }) => key.id));
      cursor = page.body.nextCursor;
    }
    expect(seen).toEqual(ids);
    expect((await list('?family=management')).body.keys).toEqual([]);
    expect((await list('?cursor=x')).status).toBe(400);
  });

  it('is one of at most a hundred that work, however many are asked for at once', async () => {
    const values = Array.from({ length: 98 }, (_, i) => ({
      id: `key_${String(i).padStart(26, '0')}`,
      family: 'inference' as const,
      account_id: ada.accountId,
      label: 'x',
      key_hash: Buffer.alloc(32, i),
      display_prefix: 'th_xxxxxxxx',
      requests_per_minute: 60,
      created_at: clock.now(),
      created_by: ada.accountId,
      agent_id: null,
      spend_limit: null,
      expires_at: null,
      revoked_by: null,
      revoked_reason: null,
    }));
    await db.kysely.insertInto('api_keys').values(values).execute();
    const last = await Promise.all(Array.from({ length: 5 }, () => create({ label: 'x' })));
    expect(last.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409]);
    await revoke(last.find(({ status }) => status === 201)?.body.key.id);
    expect((await create({ label: 'x' })).status).toBe(201);
  });
});

describe('a rekey of an agent', () => {
  const rekey = (id: string) => api.post(`/api/v1/agents/${id}/rekey`, {}, ada.accessToken);

  it('gives its inference keys successors with the same limits, and ends them', async () => {
    const { agent } = await claimed();
    const old = await made({ agentId: agent.id, label: 'bot', requestsPerMinute: 7, spendLimit: '3' });
    const apart = await made({ label: 'the account’s own' });
    const answer = await rekey(agent.id);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        revoked: 2,
        inferenceKeys: [
          { replaces: old.key.id, key: { label: 'bot', requestsPerMinute: 7, spendLimit: '3.00000000' } },
        ],
      },
    });
    expect((await use(old.secret)).status).toBe(401);
    expect((await use(apart.secret)).status).toBe(200);
    expect((await use(answer.body.inferenceKeys[0].secret)).body.key).toMatchObject({ agentId: agent.id });
  });

  it('that fails leaves all of them working, and many at once leave one of each', async () => {
    const { agent } = await claimed();
    const old = await made({ agentId: agent.id });
    const answers = await Promise.all(Array.from({ length: 4 }, () => rekey(agent.id)));
    const secrets = answers.map(({ body }) => body.inferenceKeys[0].secret as string);
    const statuses = await Promise.all(
      [old.secret, ...secrets].map(async (secret) => (await use(secret)).status),
    );
    expect(statuses.sort()).toEqual([200, 401, 401, 401, 401]);
    const working = secrets[statuses.indexOf(200)] ?? '';
    await api.close();
    const staging = brokenStaging('no room');
    api = await startTestApi({ db, clock, staging });
    expect((await rekey(agent.id)).status).toBe(500);
    const after = await Promise.all(secrets.map(async (secret) => (await use(secret)).status));
    expect(after.filter((status) => status === 200)).toHaveLength(1);
    expect(working).not.toBe(old.secret);
  });
});
