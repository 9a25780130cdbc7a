import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { forgetOldScans } from '../../service/minting/scans/routes.ts';
import { ROUTE_IDS, routeOf } from '../../shared/http/table.ts';
import { createTokenCode, TOKEN_CODE_RANDOM_BYTES } from '../../shared/ids/token-code.ts';
import { botAgents, browserAgents } from '../fixtures/agents-of-scans.ts';
import { startTestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { integratorDeps } from '../fixtures/ledger.ts';
import { openTestResolver, RESOLVER_KEYS, type TestResolver } from '../fixtures/resolver.ts';
import { type BatchOrder, lookAt, mintBatch, voidToken } from '../fixtures/scans.ts';

let cluster: TestCluster;
let owner: Database;
let db: Database;
let integrator: Database;
let see: ReturnType<typeof lookAt>;
let resolver: TestResolver;

const integrate = () => transact(integrator, (tx) => integrateBatch(tx, integratorDeps(cluster)));

beforeAll(async () => {
  cluster = await startTestCluster();
  owner = cluster.open('migrator', 2);
  db = cluster.open('resolver', 6);
  integrator = cluster.open('integrator');
  see = lookAt(owner, integrate);
  resolver = await openTestResolver(db);
});
afterAll(async () => {
  await resolver.close();
  await cluster.stop();
});

const mint = (order: Partial<BatchOrder> = {}) =>
  mintBatch(owner, RESOLVER_KEYS.codeHash, { count: 1, activation: 'first_scan', ...order });

describe('a scan', () => {
  it('shows the product and its state, and nothing that a browser could run or keep', async () => {
    const product = { name: '<b>Jacket</b>', gtin: '9506000134352', url: 'https://brand.example/a?b=1&c="' };
    const { tokens } = await mint({ product, activation: 'none' });
    const page = await resolver.visit(`/s/${tokens[0].code}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('&lt;b&gt;Jacket&lt;/b&gt;');
    expect(page.text).toContain('Genuine. Active since');
    expect(page.text).not.toMatch(/<script|<b>|javascript:|onerror/);
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    const links = await resolver.visit(`/s/${tokens[0].code}`, {
      headers: { accept: 'application/linkset+json' },
    });
    expect(links.headers['content-type']).toMatch(/^application\/linkset\+json/);
    expect(JSON.parse(links.text)).toMatchObject({
      linkset: [{ 'https://gs1.org/voc/pip': [{ href: product.url }] }],
    });
  });

  it('of a hundred people at once activates a token once, and keeps a network of each and no address', async () => {
    await resolver.flush();
    const { brand, tokens } = await mint();
    const from = (i: number) => (i % 2 === 0 ? `::ffff:81.2.69.${i + 1}` : `2a02:6b8:1:2::${i}`);
    const pages = await Promise.all(
      Array.from({ length: 100 }, (_, i) => resolver.visit(`/s/${tokens[0].code}`, { from: from(i) })),
    );
    expect(pages.map(({ status }) => status)).toEqual(Array(100).fill(200));
    expect(pages.filter(({ text }) => text.includes('its first scan')).length).toBe(1);
    await resolver.flush();
    expect(await see.token(tokens[0].id)).toMatchObject({ state: 'active' });
    expect(await see.activations(tokens[0].id)).toMatchObject([{ actor_id: 'resolver' }]);
    const scans = await see.scans(brand);
    expect(scans).toHaveLength(100);
    expect(new Set(scans.map(({ network }) => network))).toEqual(
      new Set(['81.2.69.0/24', '2a02:6b8:1::/48']),
    );
    expect(new Set(scans.map(({ region }) => region))).toEqual(new Set(['europe-middle-east']));
    const entries = await owner.kysely
      .selectFrom('ledger_entries')
      .select('data')
      .where('id', 'in', [...new Set(scans.map(({ entry_id }) => entry_id))])
      .execute();
    expect(entries.reduce((sum, { data }) => sum + JSON.parse(data).scans, 0)).toBe(100);
    const everything = JSON.stringify([scans, entries, resolver.logged()]);
    expect(everything).not.toMatch(/81\.2\.69\.(?!0\/24)\d|6b8:1:2/);
    expect(everything).not.toContain(tokens[0].code);
  });

  it('of what is void, unknown or mistyped changes and counts nothing; what is mistyped costs no question', async () => {
    const { brand, tokens } = await mint();
    await voidToken(owner, tokens[0].id);
    expect(await resolver.visit(`/s/${tokens[0].code}`)).toMatchObject({
      status: 410,
      text: expect.stringContaining('Void.'),
    });
    const unknown = createTokenCode(randomBytes(TOKEN_CODE_RANDOM_BYTES));
    expect((await resolver.visit(`/s/${unknown}`)).status).toBe(404);
    const asked = db.stats().queries;
    const flipped = unknown.endsWith('0') ? '1' : '0';
    for (const forged of [unknown.slice(0, -1) + flipped, 'x', '%00', "'--", `${unknown}${unknown}`])
      expect((await resolver.visit(`/s/${forged}`)).status, forged).toBe(404);
    expect(db.stats().queries).toBe(asked);
    await resolver.flush();
    expect(await see.scans(brand)).toEqual([]);
    expect(await see.activations(tokens[0].id)).toEqual([]);
  });

  it('is none by HEAD, prefetch, preview, linkset, or by a serial, which anybody can copy', async () => {
    const product = { name: 'Jacket', gtin: '9506000134352' };
    const { brand, tokens } = await mint({ product, brandName: 'Southwind' });
    const path = `/s/${tokens[0].code}`;
    const looks = [
      { method: 'HEAD' as const },
      { headers: { 'sec-purpose': 'prefetch;prerender' } },
      { headers: { purpose: 'prefetch' } },
      { headers: { 'x-moz': 'prefetch' } },
      { headers: { 'x-purpose': 'preview' } },
      { headers: { accept: 'application/linkset+json' } },
    ];
    for (const look of looks) expect((await resolver.visit(path, look)).status).toBe(200);
    // Another brand of the test has the same GTIN and serial; the serial alone names neither.
    await sql`UPDATE mint_jobs SET product = '{"name":"Jacket"}' WHERE brand_id <> ${brand}`.execute(
      owner.kysely,
    );
    const bySerial = await resolver.visit('/01/09506000134352/21/S-1');
    expect(bySerial).toMatchObject({ status: 200, text: expect.stringContaining('proves nothing') });
    expect((await resolver.visit('/01/9506000134352/21/S-1?linkType=all')).headers['content-type']).toMatch(
      /^application\/linkset\+json/,
    );
    for (const none of ['/01/9506000134352/21/S-2', '/01/123/21/S-1', '/s/S-1'])
      expect((await resolver.visit(none)).status, none).toBe(404);
    await resolver.flush();
    expect(await see.scans(brand)).toEqual([]);
    expect(await see.passers(brand)).toEqual({ preview: 6 });
    expect(await see.token(tokens[0].id)).toMatchObject({ state: 'issued' });
  });
});

describe('a thousand bots and a thousand browsers', () => {
  it('are told apart; bots leave no telemetry and activate nothing', async () => {
    const [bots, browsers] = [await mint({ count: 1000 }), await mint({ count: 1000 })];
    const visitAll = async (tokens: readonly { code: string }[], agents: readonly string[]) => {
      const visit = (agent: string, i: number) =>
        resolver.visit(`/s/${tokens[i]?.code}`, { headers: { 'user-agent': agent } });
      // More at once than telemetry keeps up with would be shed, as it should be.
      for (let at = 0; at < agents.length; at += 100)
        await Promise.all(agents.slice(at, at + 100).map((agent, i) => visit(agent, at + i)));
    };
    await visitAll(bots.tokens, botAgents(1000));
    await visitAll(browsers.tokens, browserAgents(1000));
    await resolver.flush();
    const seen = async (brand: string) => {
      const scans = (await see.scans(brand)).length;
      return { person: scans, bot: (await see.passers(brand)).bot ?? 0 };
    };
    const matrix = { bots: await seen(bots.brand), browsers: await seen(browsers.brand) };
    process.stdout.write(`bot detection: ${JSON.stringify(matrix)}\n`);
    expect(matrix).toEqual({ bots: { person: 0, bot: 1000 }, browsers: { person: 1000, bot: 0 } });
    const states = await see.rows(
      `SELECT brand_id, state, count(*) FROM mint_tokens WHERE brand_id IN ('${bots.brand}', '${browsers.brand}') GROUP BY 1, 2`,
    );
    expect(states).toHaveLength(2);
    expect(states).toContainEqual({ brand_id: bots.brand, state: 'issued', count: '1000' });
    expect(states).toContainEqual({ brand_id: browsers.brand, state: 'active', count: '1000' });
  });
});

describe('the plane', () => {
  it('answers no path of the control plane, and no method but GET and HEAD', async () => {
    const open: string[] = [];
    for (const id of ROUTE_IDS) {
      const { method, path } = routeOf(id);
      const { status } = await resolver.visit(path.replace(/:\w+/g, 'x'), {
        method,
        headers: { authorization: `Bearer ${cluster.password('api')}` },
      });
      if (status !== 404 && status !== 405) open.push(`${method} ${path} ${status}`);
    }
    expect(open).toEqual([]);
    const { tokens } = await mint();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)
      expect((await resolver.visit(`/s/${tokens[0].code}`, { method })).status, method).toBe(405);
    expect(await see.token(tokens[0].id)).toMatchObject({ state: 'issued' });
  });

  it('limits each client by itself, believes no forwarded address, and logs none', async () => {
    const { tokens } = await mint({ activation: 'none' });
    const limited = await openTestResolver(db, { limit: { limit: 30, windowSeconds: 10 } });
    const visit = (i: number, from = '9.9.9.9') =>
      limited.visit(`/s/${tokens[0].code}`, { from, headers: { 'x-forwarded-for': `1.2.3.${i}` } });
    for (let i = 0; i < 30; i += 1) expect((await visit(i)).status).toBe(200);
    const over = await visit(31);
    expect(over.status).toBe(429);
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(0);
    expect((await visit(32, '9.9.9.8')).status).toBe(200);
    await limited.close();
    const behind = await openTestResolver(db, {
      limit: { limit: 1, windowSeconds: 10 },
      trustedProxies: ['10.0.0.0/8'],
    });
    const through = (client: string) =>
      behind.visit('/s/x', { from: '10.0.0.1', headers: { 'x-forwarded-for': client } });
    expect([(await through('1.1.1.1')).status, (await through('1.1.1.2')).status]).toEqual([404, 404]);
    expect((await through('1.1.1.1')).status).toBe(429);
    await behind.close();
    expect(limited.logged() + behind.logged()).not.toMatch(/9\.9\.9\.|1\.1\.1\./);
  });

  it('means nothing on the control plane with its own credentials', async () => {
    const clock = { now: () => new Date(), monotonic: () => 0 };
    const api = await startTestApi({
      db: cluster.open('api'),
      staging: testStaging(clock, cluster.keys.stagingMac),
    });
    for (const secret of [RESOLVER_KEYS.password, RESOLVER_KEYS.scanSeal, RESOLVER_KEYS.codeHash])
      for (const path of ['/api/keys', '/api/scans/summary', '/api/logs/ledger'])
        expect((await api.get(path, { authorization: `Bearer ${secret}` })).status).toBe(401);
    await api.close();
  });
});

describe('the console', () => {
  it('sees regions, devices, bots apart and the way to activation, of one brand or all; and old scans are forgotten', async () => {
    const { brand, tokens } = await mint({ count: 4 });
    const clock = { now: () => new Date(), monotonic: () => 0 };
    await resolver.visit(`/s/${tokens[0].code}`, { from: '1.1.1.1' });
    await resolver.visit(`/s/${tokens[0].code}`, { from: '200.1.1.1' });
    await resolver.visit(`/s/${tokens[1]?.code}`, { headers: { 'user-agent': 'Googlebot/2.1' } });
    await resolver.flush();
    const now = new TestClock();
    now.ms = Date.now();
    const apiDb = cluster.open('api');
    const api = await startTestApi({
      db: apiDb,
      staging: testStaging(clock, cluster.keys.stagingMac),
      clock: now,
    });
    const { status, body } = await api.get(`/api/scans/summary?days=1&brand=${brand}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      totals: { scans: 2, activations: 1, bots: 1, previews: 0 },
      funnel: { minted: 4, scanned: 1, activated: 1, voided: 0 },
      bucketHours: 1,
      keptDays: 90,
    });
    expect(body.buckets).toHaveLength(24);
    expect(body.regions.slice(0, 2).map(({ scans }: { scans: number }) => scans)).toEqual([1, 1]);
    expect(body.devices[0]).toEqual({ device: 'phone', scans: 2 });
    expect((await api.get('/api/scans/summary')).body.totals.scans).toBeGreaterThan(1000);
    expect((await api.get('/api/scans/summary', {})).status).toBe(401);
    await api.close();
    await forgetOldScans({ db: apiDb, keptDays: 90 }, new Date(Date.now() + 91 * 86_400_000));
    expect(await see.scans(brand)).toEqual([]);
    expect(await see.passers(brand)).toEqual({});
  });
});
