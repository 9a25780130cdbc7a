import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountsOf, type TestSession } from '../fixtures/accounts.ts';
import { CHEAP_IDENTITY, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

let clock: TestClock;
let api: TestApi;
let operator: TestOperator;
let ada: TestSession;
let eve: TestSession;

beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  operator = await api.enrolFirst();
  const { open } = accountsOf(() => api);
  ada = await open('ada@example.org');
  eve = await open('eve@example.org');
});
afterEach(() => api.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const create = (body: object, token = ada.accessToken) => api.post('/api/v1/keys', body, token);
const made = async (body: object = {}, token = ada.accessToken) =>
  (await create({ label: 'k', ...body }, token)).body;
const act = (id: string, act: 'update' | 'revoke', body: object, token = ada.accessToken) =>
  api.post(`/api/v1/keys/${id}/${act}`, body, token);
const revoke = (id: string, token?: string) => act(id, 'revoke', { reason: 'lost' }, token);
const use = (secret: string) => api.get('/api/v1/tokenhall/key', bearer(secret));
const refused = (status: number, type: string) => ({ status, body: { error: { code: status, type } } });
const byOperator = (route: 'keys.create' | 'keys.revoke' | 'limits.lower', path: string, body: object) =>
  api.signed({ route, path, body }, operator);

describe('a key of somebody else', () => {
  it('is 403 in every way, and one that is not there 404', async () => {
    const { key, secret } = await made({}, eve.accessToken);
    const nobodys = await byOperator('keys.create', '/api/keys', { label: 'nobody’s' });
    for (const id of [key.id, nobodys.body.key.id]) {
      expect(await api.get(`/api/v1/keys/${id}`, bearer(ada.accessToken))).toMatchObject(
        refused(403, 'forbidden'),
      );
      expect(await act(id, 'update', { label: 'mine' })).toMatchObject(refused(403, 'forbidden'));
      expect(await revoke(id)).toMatchObject(refused(403, 'forbidden'));
    }
    const absent = `key_${'0'.repeat(26)}`;
    expect(await api.get(`/api/v1/keys/${absent}`, bearer(ada.accessToken))).toMatchObject(
      refused(404, 'not_found'),
    );
    expect(await act(absent, 'update', { label: 'x' })).toMatchObject(refused(404, 'not_found'));
    expect(await revoke(absent)).toMatchObject(refused(404, 'not_found'));
    expect((await use(secret)).status).toBe(200);
  });

  it('is not made for an agent that is foreign, unclaimed or nobody', async () => {
    const register = async () => (await api.post('/api/v1/agents/register', { name: 'a' })).body;
    const [foreign, unclaimed] = [await register(), await register()];
    await api.post('/api/v1/agents/claim', { claimCode: foreign.claimCode }, eve.accessToken);
    for (const agentId of [foreign.agent.id, unclaimed.agent.id, `agt_${'0'.repeat(26)}`])
      expect(await create({ label: 'x', agentId })).toMatchObject(refused(403, 'forbidden'));
    expect(await create({ label: 'x' }, unclaimed.key)).toMatchObject(refused(403, 'wrong_family'));
    const forged = { account_id: ada.accountId, agent_id: foreign.agent.id };
    const { key } = await made();
    const write = cluster
      .open('migrator', 1)
      .kysely.updateTable('api_keys')
      .set(forged)
      .where('id', '=', key.id);
    await expect(write.execute()).rejects.toMatchObject({ constraint: 'api_keys_agent_is_the_accounts' });
  });
});

describe('a management key', () => {
  it('cannot revoke itself, and does nothing any more once it is revoked', async () => {
    const { key, secret } = await made({ family: 'management' });
    expect(await revoke(key.id, secret)).toMatchObject(refused(400, 'bad_request'));
    expect((await create({ label: 'x' }, secret)).status).toBe(201);
    expect((await revoke(key.id)).status).toBe(200);
    expect(await create({ label: 'x' }, secret)).toMatchObject(refused(401, 'unauthorized'));
  });

  it('makes no other management key, and none for another account', async () => {
    const { secret } = await made({ family: 'management' });
    expect(await create({ label: 'x', family: 'management' }, secret)).toMatchObject(
      refused(403, 'forbidden'),
    );
    const theirs = await made({}, eve.accessToken);
    expect(await revoke(theirs.key.id, secret)).toMatchObject(refused(403, 'forbidden'));
  });

  it('leaves nothing behind that was asked for while it was being revoked', async () => {
    const { key, secret } = await made({ family: 'management' });
    const [revoked, ...answers] = await Promise.all([
      revoke(key.id),
      ...Array.from({ length: 10 }, (_, i) => create({ label: `x${i}` }, secret)),
    ]);
    expect(revoked.status).toBe(200);
    for (const { status } of answers) expect([201, 401]).toContain(status);
    const rows = await db.kysely
      .selectFrom('ledger_staged')
      .select(['kind', 'actor_id'])
      .where('kind', 'in', ['key.issued', 'key.revoked'])
      .orderBy('arrival')
      .execute();
    const kinds = rows.map(({ kind }) => kind);
    const made10 = rows.filter(({ actor_id }) => actor_id === key.id).length;
    expect(made10).toBe(answers.filter(({ status }) => status === 201).length);
    // Its own end waits for what began before it.
    expect(kinds.filter((kind) => kind === 'key.revoked')).toHaveLength(1);
  });

  it('and another one cannot revoke each other at once without one of them staying', async () => {
    const [one, two] = [await made({ family: 'management' }), await made({ family: 'management' })];
    const answers = await Promise.all([revoke(two.key.id, one.secret), revoke(one.key.id, two.secret)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });
});

describe('a key whose stored family is not the one of its prefix', () => {
  it('is 403 on every route, whoever wrote it so', async () => {
    const { key, secret } = await made({ family: 'management' });
    await cluster
      .open('migrator', 1)
      .kysely.updateTable('api_keys')
      .set({ family: 'inference', display_prefix: `th_${'x'.repeat(8)}` })
      .where('id', '=', key.id)
      .execute();
    for (const path of ['/api/v1/keys', '/api/v1/tokenhall/key', '/api/keys'])
      expect(await api.get(path, bearer(secret)), path).toMatchObject(refused(403, 'wrong_family'));
  });
});

describe('a revoked key never comes back', () => {
  it('not by an update, with whatever body', async () => {
    const { key, secret } = await made();
    await revoke(key.id);
    expect(await act(key.id, 'update', { label: 'again' })).toMatchObject(refused(409, 'conflict'));
    for (const body of [
      { state: 'active' },
      { revokedAt: null },
      { revoked: false },
      { label: 'x', state: 'active' },
    ])
      expect(await act(key.id, 'update', body)).toMatchObject(refused(400, 'invalid_body'));
    const patch = await api.publicApp.inject({
      method: 'PATCH',
      url: `/api/v1/keys/${key.id}`,
      headers: { ...bearer(ada.accessToken), 'content-type': 'application/json' },
      payload: '{"state":"active"}',
    });
    expect(patch.statusCode).toBe(404);
    expect((await use(secret)).status).toBe(401);
    expect(await revoke(key.id)).toMatchObject(refused(409, 'conflict'));
  });

  it('not by an update that races its revocation, nor by SQL', async () => {
    const { key, secret } = await made();
    const [revoked] = await Promise.all([
      revoke(key.id),
      ...Array.from({ length: 5 }, (_, i) => act(key.id, 'update', { label: `r${i}` })),
    ]);
    expect(revoked.status).toBe(200);
    expect((await use(secret)).status).toBe(401);
    const update = db.kysely.updateTable('api_keys').set({ spend_limit: 1n }).where('id', '=', key.id);
    await expect(update.execute()).rejects.toMatchObject({ constraint: 'api_keys_stay_revoked' });
  });
});

describe('more requests a minute than the default', () => {
  it('are given by no account, neither at once nor by degrees', async () => {
    expect(await create({ label: 'x', requestsPerMinute: 61 })).toMatchObject(refused(403, 'forbidden'));
    const { key } = await made();
    expect(await act(key.id, 'update', { requestsPerMinute: 61 })).toMatchObject(refused(403, 'forbidden'));
    expect((await act(key.id, 'update', { requestsPerMinute: 10 })).status).toBe(200);
    expect((await act(key.id, 'update', { requestsPerMinute: 60 })).status).toBe(200);
  });

  it('are not given by one operator’s signature either', async () => {
    const answer = await byOperator('keys.create', '/api/keys', { label: 'x', requestsPerMinute: 61 });
    expect(answer).toMatchObject(refused(403, 'forbidden'));
    expect((await byOperator('keys.create', '/api/keys', { label: 'x' })).body.key.requestsPerMinute).toBe(
      60,
    );
  });

  it('stay with a key that operators gave them, until its owner lowers it', async () => {
    const { key } = await made();
    await db.kysely
      .updateTable('api_keys')
      .set({ requests_per_minute: 600 })
      .where('id', '=', key.id)
      .execute();
    expect((await act(key.id, 'update', { label: 'kept' })).body.key.requestsPerMinute).toBe(600);
    expect((await act(key.id, 'update', { requestsPerMinute: 100 })).status).toBe(200);
    expect((await act(key.id, 'update', { requestsPerMinute: 101 })).status).toBe(403);
  });

  it('follow what is configured', async () => {
    await api.close();
    const settings = { identity: { ...CHEAP_IDENTITY, keyRequestsPerMinute: 5 } };
    const staging = testStaging(clock, cluster.keys.stagingMac);
    api = await startTestApi({ db, clock, staging, settings });
    expect((await made()).key.requestsPerMinute).toBe(5);
    expect((await create({ label: 'x', requestsPerMinute: 6 })).status).toBe(403);
  });
});
