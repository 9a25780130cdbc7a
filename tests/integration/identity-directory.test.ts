import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountsOf } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { agentNames, identityActs, type Settled, settle } from '../fixtures/identity.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const MINUTE = 60_000;
const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

let clock: TestClock;
let api: TestApi;
let operator: TestOperator;
let ada: Settled;
let eve: Settled;

beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  operator = await api.enrolFirst();
  ada = await settle(api, 'ada@example.org', 'scout');
  eve = await settle(api, 'eve@example.net', 'mirror_1');
});
afterEach(() => api.close());

const { act, list, identify, tokenOf } = identityActs(() => api);
const accounts = accountsOf(() => api);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const idsOf = (items: { id: string }[]) => items.map(({ id }) => id);

async function everyPage(path: string, what: string, limit: number): Promise<string[]> {
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await api.get(`${path}limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`);
    seen.push(...idsOf(body[what]));
    cursor = body.nextCursor;
  }
  return seen;
}

describe('the list of accounts', () => {
  it('says what belongs to each, and when it was last used', async () => {
    await accounts.me(ada.session.accessToken);
    await api.lastSeen.flush(db);
    expect(await list('accounts', '?search=ADA@')).toEqual([
      {
        id: ada.session.accountId,
        email: 'ada@example.org',
        role: 'user',
        createdAt: clock.now().toISOString(),
        state: 'logged-in',
        openSessions: 1,
        agents: 1,
        keys: 1,
        lastUsedAt: clock.now().toISOString(),
      },
    ]);
  });

  it('is narrowed by state, role and text, and no character of the text is special', async () => {
    await accounts.logout(eve.session.accessToken);
    expect(idsOf(await list('accounts', '?state=logged-in'))).toEqual([ada.session.accountId]);
    expect(idsOf(await list('accounts', '?state=logged-out'))).toEqual([eve.session.accountId]);
    expect(await list('accounts', '?role=admin')).toEqual([]);
    expect(idsOf(await list('accounts', `?search=${eve.session.accountId}`))).toEqual([
      eve.session.accountId,
    ]);
    for (const special of ['%25', '_', "'", '%5C']) {
      expect(await list('accounts', `?search=${special}`), special).toEqual([]);
    }
  });

  it('calls a session that has expired closed', async () => {
    clock.advance(31 * 24 * 60 * MINUTE);
    expect(await list('accounts', '?state=logged-in')).toEqual([]);
    expect((await list('sessions', '?state=expired')).length).toBe(2);
    expect(await list('sessions', '?state=open')).toEqual([]);
  });

  it('reads one by its id, and says that there is none', async () => {
    const one = await api.get(`/api/identity/accounts/${ada.session.accountId}`);
    expect(one.body.account).toMatchObject({ email: 'ada@example.org', agents: 1 });
    expect(await api.get(`/api/identity/accounts/acc_${'0'.repeat(26)}`)).toMatchObject({ status: 404 });
  });
});

describe('the list of agents', () => {
  it('is narrowed by state, owner and text: a name, an owner, the beginning of a key', async () => {
    const stray = (await api.post('/api/v1/agents/register', { name: 'stray' })).body.agent;
    expect(idsOf(await list('agents', '?state=registered_unclaimed'))).toEqual([stray.id]);
    expect(await list('agents', '?state=connected_unclaimed')).toEqual([]);
    expect(idsOf(await list('agents', '?state=claimed')).sort()).toEqual([eve.agent.id, ada.agent.id].sort());
    expect(idsOf(await list('agents', `?account=${ada.session.accountId}`))).toEqual([ada.agent.id]);
    for (const search of ['SCOUT', 'ada@', ada.agent.displayPrefix, ada.agent.id])
      expect(idsOf(await list('agents', `?search=${search}`)), search).toEqual([ada.agent.id]);
    expect(idsOf(await list('agents', '?search=_'))).toEqual([eve.agent.id]);
  });

  it('names the owner, the newest key and its last use, and rates heartbeats where there are any', async () => {
    await api.get('/api/v1/agents/self', bearer(ada.agent.key));
    await api.lastSeen.flush(db);
    const { body } = await api.get(`/api/identity/agents/${ada.agent.id}`);
    expect(body.agent).toMatchObject({
      ownerEmail: 'ada@example.org',
      displayPrefix: ada.agent.displayPrefix,
      activeKeys: 1,
      lastUsedAt: clock.now().toISOString(),
      lastHeartbeatAt: null,
    });
    expect(body.health).toBeNull();
    await db.kysely
      .insertInto('agent_heartbeats')
      .values({
        agent_id: ada.agent.id,
        nonce_hash: Buffer.alloc(32),
        chain: 3,
        first_at: clock.now(),
        last_at: clock.now(),
      })
      .execute();
    const after = (await api.get(`/api/identity/agents/${ada.agent.id}`)).body;
    expect(after.agent.lastHeartbeatAt).toBe(clock.now().toISOString());
    expect(after.health).toMatchObject({ challenge: 0, latency: 0 });
    expect(await api.get(`/api/identity/agents/agt_${'0'.repeat(26)}`)).toMatchObject({ status: 404 });
  });
});

describe('the list of sessions', () => {
  it('says whose, since when, when last used and how it ended; never a token', async () => {
    const opened = clock.now().toISOString();
    clock.advance(MINUTE);
    await accounts.me(ada.session.accessToken);
    await api.lastSeen.flush(db);
    const [session] = await list('sessions', '?search=ada@');
    expect(session).toMatchObject({
      id: ada.session.sessionId,
      email: 'ada@example.org',
      state: 'open',
      openedAt: opened,
      lastUsedAt: clock.now().toISOString(),
      revokedCause: null,
    });
    await accounts.logout(ada.session.accessToken);
    expect(await list('sessions', '?state=revoked')).toMatchObject([{ revokedCause: 'logout' }]);
    expect(idsOf(await list('sessions', `?account=${eve.session.accountId}`))).toEqual([
      eve.session.sessionId,
    ]);
    const text = (await api.get('/api/identity/sessions')).text;
    for (const secret of [ada.session.accessToken, ada.session.refreshToken])
      expect(text).not.toContain(secret);
  });

  it('notes the last use of a session that was revoked meanwhile, and loses nobody else’s', async () => {
    await accounts.me(ada.session.accessToken);
    await accounts.me(eve.session.accessToken);
    await accounts.logout(ada.session.accessToken);
    await api.lastSeen.flush(db);
    const used = (await list('sessions')).map((s: { lastUsedAt: string | null }) => s.lastUsedAt);
    expect(used).toEqual([clock.now().toISOString(), clock.now().toISOString()]);
  });
});

describe('the list of keys', () => {
  it('holds every family, narrowed by family, state, owner, agent and text', async () => {
    const inference = (
      await api.signed({ route: 'keys.create', path: '/api/keys', body: { label: 'runner' } }, operator)
    ).body;
    const { token } = (await identify(ada.agent.key)).body;
    const all = await list('keys');
    expect(all.map((k: { family: string }) => k.family).sort()).toEqual([
      'identity',
      'inference',
      'platform',
      'platform',
    ]);
    expect(await list('keys', '?family=identity')).toMatchObject([
      { label: 'scout', displayPrefix: token.slice(0, 13), agentId: ada.agent.id, state: 'active' },
    ]);
    expect(idsOf(await list('keys', '?search=runner'))).toEqual([inference.key.id]);
    expect(idsOf(await list('keys', `?search=${inference.key.displayPrefix}`))).toEqual([inference.key.id]);
    expect(await list('keys', `?account=${ada.session.accountId}`)).toHaveLength(2);
    expect(await list('keys', `?agent=${eve.agent.id}`)).toHaveLength(1);
    clock.advance(61 * MINUTE);
    expect(await list('keys', '?state=expired')).toMatchObject([{ family: 'identity', state: 'expired' }]);
    expect(await list('keys', '?state=active')).toHaveLength(3);
    const text = (await api.get('/api/identity/keys')).text;
    for (const secret of [token, ada.agent.key, inference.secret]) expect(text).not.toContain(secret);
  });
});

describe('every list', () => {
  it('pages newest first without skipping or repeating rows of the same instant', async () => {
    for (let i = 0; i < 5; i += 1) {
      await settle(api, `user${i}@example.org`, `agent-${i}`);
      await api.signed({ route: 'keys.create', path: '/api/keys', body: { label: `k${i}` } }, operator);
      await identify(ada.agent.key);
    }
    const expected = { accounts: 7, agents: 7, sessions: 7, keys: 17 };
    for (const [what, count] of Object.entries(expected)) {
      const seen = await everyPage(`/api/identity/${what}?`, what, 3);
      expect(new Set(seen).size, what).toBe(count);
      expect(seen.length, what).toBe(count);
      const times = seen.map((id) => id.slice(4));
      expect(times, what).toEqual([...times].sort().reverse());
    }
  });

  it.each(['accounts', 'agents', 'sessions', 'keys'])(
    'of %s refuses limits, states and cursors that are not',
    async (what) => {
      const wrong = [
        'limit=0',
        'limit=201',
        'cursor=1',
        "cursor=acc_'",
        'state=gone',
        'search=',
        'limit=1&limit=2',
      ];
      for (const query of [...wrong, `cursor=evt_${'0'.repeat(26)}`])
        expect(await api.get(`/api/identity/${what}?${query}`), query).toMatchObject({
          status: 400,
          body: { error: { type: 'bad_request' } },
        });
    },
  );
});

describe('a revoked identity token', () => {
  it('never comes back, by SQL of the API’s role nor of the owner', async () => {
    const { entry } = await tokenOf(ada);
    await act('identity.revoke-agent', ada.agent.id, agentNames(ada), operator);
    for (const role of ['api', 'migrator'] as const)
      await expect(
        cluster
          .open(role, 1)
          .kysely.updateTable('identity_tokens')
          .set({ revoked_at: null })
          .where('id', '=', entry.id)
          .execute(),
      ).rejects.toMatchObject({ code: 'constraint', constraint: 'identity_tokens_stay_revoked' });
  });
});
