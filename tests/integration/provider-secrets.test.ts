import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestCluster } from '../fixtures/cluster.ts';
import { newMaterial, SecretBench } from '../fixtures/provider-secrets.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);

let bench: SecretBench;
beforeEach(async () => {
  bench = await SecretBench.open(cluster, db);
});
afterEach(() => bench.close());

const KEYS = '/api/v1/tokenhall/provider-keys';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('an account’s provider key', () => {
  it('is 201 the first time, 200 with updated the second, and one per provider and scope', async () => {
    const ada = await bench.account('ada@example.org');
    const [one, two] = [newMaterial(), newMaterial()];
    const first = await bench.put(ada, one, { provider: 'OpenAI' });
    expect(first).toMatchObject({
      status: 201,
      body: {
        updated: false,
        secret: { provider: 'openai', scope: 'account', tenant: ada.accountId, revision: 1, rootVersion: 1 },
      },
    });
    const second = await bench.put(ada, two);
    expect(second).toMatchObject({ status: 200, body: { updated: true, secret: { revision: 2 } } });
    expect(second.body.secret.id).toBe(first.body.secret.id);
    expect((await bench.resolve({ accountId: ada.accountId })).material).toBe(two);
    expect((await bench.staged('provider-secret.stored')).map(({ updated }) => updated)).toEqual([
      false,
      true,
    ]);
    expect(await bench.staged('secret-root.activated')).toEqual([{ version: 1, former: null, secrets: 0 }]);
  });

  it.each([
    ['a provider of one letter', { provider: 'o' }],
    ['a provider of 65 letters', { provider: 'o'.repeat(65) }],
    ['a provider with a slash', { provider: 'open/ai' }],
    ['a scope that is neither', { scope: 'platform' }],
    ['two scopes', { scope: ['agent', 'account'] }],
    ['no scope', { scope: undefined }],
    ['a short secret', { material: 'sk-1' }],
    ['a secret that would split a header', { material: `sk-${'x'.repeat(20)}\r\nx: y` }],
    ['anything more', { agentId: 'agt' }],
  ])('is refused for %s', async (_what, change) => {
    const ada = await bench.account('ada@example.org');
    const body = { provider: 'openai', scope: 'account', material: newMaterial(), ...change };
    expect((await bench.send(ada, KEYS, body)).status).toBe(400);
    expect(await bench.staged('provider-secret.stored')).toEqual([]);
  });

  it('is listed without its material, and its agents’ with it', async () => {
    const ada = await bench.account('ada@example.org');
    const eve = await bench.account('eve@example.org');
    const agent = await bench.agent(ada);
    const [own, agents] = [newMaterial(), newMaterial()];
    await bench.put(ada, own);
    // Newest first, to the millisecond.
    bench.api.clock.advance(1);
    await bench.put(ada, agents, { agent });
    await bench.put(eve, newMaterial());
    const list = await bench.api.get(KEYS, bearer(ada.accessToken));
    expect(list.body.secrets.map((s: { tenant: string }) => s.tenant)).toEqual([agent, ada.accountId]);
    for (const material of [own, agents]) expect(list.text).not.toContain(material.slice(10));
    expect(Object.keys(list.body.secrets[0]).sort()).toEqual([
      ...['createdAt', 'fingerprint', 'id', 'provider', 'revision', 'rootVersion', 'scope', 'tenant'],
      ...['unreadableSince', 'updatedAt', 'updatedBy'],
    ]);
  });

  it('is deleted with its ciphertext, by its owner only', async () => {
    const ada = await bench.account('ada@example.org');
    const eve = await bench.account('eve@example.org');
    const { id } = (await bench.put(ada, newMaterial())).body.secret;
    expect((await bench.send(eve, `${KEYS}/${id}/delete`, {})).status).toBe(404);
    expect((await bench.send(ada, `${KEYS}/${id}/delete`, {})).status).toBe(200);
    expect((await bench.send(ada, `${KEYS}/${id}/delete`, {})).status).toBe(404);
    expect(await db.kysely.selectFrom('provider_secrets').selectAll().execute()).toEqual([]);
    expect((await bench.put(ada, newMaterial())).status).toBe(201);
  });

  it('is stored once by 20 first POSTs at the same time: one 201, the rest 200', async () => {
    const ada = await bench.account('ada@example.org');
    const second = await bench.instance();
    const materials = Array.from({ length: 20 }, newMaterial);
    const answers = await Promise.all(
      materials.map((material, n) => bench.put(ada, material, {}, n % 2 ? bench.api : second)),
    );
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    // 503: not taken on, because the database had no connection free.
    expect([count(201), count(200) + count(503)]).toEqual([1, 19]);
    const revisions = (await bench.staged('provider-secret.stored')).map(({ revision }) => revision);
    expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: 1 + count(200) }, (_, n) => n + 1));
    expect(materials).toContain((await bench.resolve({ accountId: ada.accountId })).material);
  });
});

describe('an agent’s provider key', () => {
  it('belongs to the agent of X-Agent-Id, or to the only one', async () => {
    const ada = await bench.account('ada@example.org');
    const only = await bench.agent(ada);
    const body = { provider: 'openai', scope: 'agent', material: newMaterial() };
    expect((await bench.send(ada, KEYS, body)).body.secret.tenant).toBe(only);
    const other = await bench.agent(ada);
    expect(await bench.send(ada, KEYS, body)).toMatchObject({
      status: 400,
      body: { error: { type: 'agent_required' } },
    });
    expect((await bench.send(ada, KEYS, body, other)).body.secret.tenant).toBe(other);
  });

  it('is 403 for a foreign agent, for an unclaimed one, and for an unclaimed agent itself', async () => {
    const ada = await bench.account('ada@example.org');
    const eve = await bench.account('eve@example.org');
    const foreign = await bench.agent(eve);
    const unclaimed = (await bench.api.post('/api/v1/agents/register', { name: 'u' })).body;
    for (const agent of [foreign, unclaimed.agent.id])
      expect((await bench.put(ada, newMaterial(), { agent })).status).toBe(403);
    const body = { provider: 'openai', scope: 'agent', material: newMaterial() };
    expect((await bench.api.post(KEYS, body, unclaimed.key)).status).toBe(403);
    expect(await bench.staged('provider-secret.stored')).toEqual([]);
  });
});

describe('resolution', () => {
  it('goes from agent to owning account to platform, and ends in a refusal', async () => {
    const ada = await bench.account('ada@example.org');
    const agentId = await bench.agent(ada);
    const [ofAgent, ofAccount, ofPlatform] = [newMaterial(), newMaterial(), newMaterial()];
    const asked = { agentId, accountId: ada.accountId };
    await expect(bench.resolve(asked)).rejects.toMatchObject({ code: 'no-provider-secret' });
    await bench.setPlatform(ofPlatform);
    expect(await bench.resolve(asked)).toEqual({ scope: 'platform', material: ofPlatform });
    await bench.put(ada, ofAccount);
    expect(await bench.resolve(asked)).toEqual({ scope: 'account', material: ofAccount });
    await bench.put(ada, ofAgent, { agent: agentId });
    expect(await bench.resolve(asked)).toEqual({ scope: 'agent', material: ofAgent });
    expect(await bench.resolve({ agentId })).toEqual({ scope: 'agent', material: ofAgent });
    expect(await bench.resolve({ accountId: ada.accountId })).toEqual({
      scope: 'account',
      material: ofAccount,
    });
    expect(await bench.resolve({})).toEqual({ scope: 'platform', material: ofPlatform });
    await expect(bench.resolve({ ...asked, provider: 'anthropic' })).rejects.toMatchObject({
      code: 'no-provider-secret',
    });
  });

  it('finds the owning account of an agent by itself, and takes no other for it', async () => {
    const [ada, eve] = [await bench.account('ada@example.org'), await bench.account('eve@example.org')];
    const agentId = await bench.agent(ada);
    const ofAccount = newMaterial();
    await bench.put(ada, ofAccount);
    expect(await bench.resolve({ agentId })).toEqual({ scope: 'account', material: ofAccount });
    await expect(bench.resolve({ agentId, accountId: eve.accountId })).rejects.toMatchObject({
      code: 'foreign-agent',
    });
  });

  it('"always use mine" stops the fallback, by the setting and by the request', async () => {
    const ada = await bench.account('ada@example.org');
    const agentId = await bench.agent(ada);
    await bench.setPlatform(newMaterial());
    const set = (alwaysMine: boolean) => bench.send(ada, `${KEYS}/always-mine`, { alwaysMine });
    expect(await set(true)).toMatchObject({ status: 200, body: { alwaysMine: true } });
    for (const who of [{ accountId: ada.accountId }, { agentId }, { agentId, accountId: ada.accountId }])
      await expect(bench.resolve(who)).rejects.toMatchObject({ code: 'no-provider-secret' });
    expect((await bench.api.get(KEYS, bearer(ada.accessToken))).body.alwaysMine).toBe(true);
    await bench.put(ada, newMaterial());
    expect((await bench.resolve({ agentId })).scope).toBe('account');
    await set(false);
    const eve = await bench.account('eve@example.org');
    expect((await bench.resolve({ accountId: eve.accountId })).scope).toBe('platform');
    await expect(bench.resolve({ accountId: eve.accountId, alwaysMine: true })).rejects.toMatchObject({
      code: 'no-provider-secret',
    });
    expect(await bench.staged('provider-secret.always-mine-set')).toHaveLength(2);
  });
});

describe('the operators’ view', () => {
  it('lists by scope, version and provider, pages, and shows no material', async () => {
    const ada = await bench.account('ada@example.org');
    const materials = [newMaterial(), newMaterial(), newMaterial()];
    await bench.put(ada, materials[0] as string);
    await bench.put(ada, materials[1] as string, { provider: 'anthropic' });
    const stored = await bench.setPlatform(materials[2] as string);
    expect(stored).toMatchObject({ status: 201, body: { secret: { scope: 'platform', tenant: null } } });
    const list = async (query: string) => (await bench.api.get(`/api/provider-secrets?${query}`)).body;
    expect((await list('')).secrets).toHaveLength(3);
    expect((await list('scope=platform')).secrets).toHaveLength(1);
    expect((await list('provider=anthropic')).secrets).toHaveLength(1);
    expect((await list('rootVersion=1')).secrets).toHaveLength(3);
    expect((await list('rootVersion=2')).secrets).toHaveLength(0);
    const page = await list('limit=2');
    expect(page.secrets).toHaveLength(2);
    expect((await list(`limit=2&cursor=${page.nextCursor}`)).secrets).toHaveLength(1);
    const text = JSON.stringify(await list(''));
    for (const material of materials) expect(text).not.toContain(material.slice(10));
  });

  it('deletes any of them, with a reason', async () => {
    const ada = await bench.account('ada@example.org');
    const { id } = (await bench.put(ada, newMaterial())).body.secret;
    const remove = (provider = 'openai') =>
      bench.api.signed(
        {
          route: 'provider-secrets.delete',
          path: `/api/provider-secrets/${id}/delete`,
          body: { provider, scope: 'account', reason: 'stolen' },
        },
        bench.operator,
      );
    expect((await remove('anthropic')).body.error.type).toBe('name_mismatch');
    expect((await remove()).status).toBe(200);
    expect((await remove()).status).toBe(404);
    expect(await bench.staged('provider-secret.deleted')).toMatchObject([{ secretId: id, reason: 'stolen' }]);
  });
});
