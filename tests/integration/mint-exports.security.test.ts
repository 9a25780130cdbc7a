import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyExport } from '../../shared/ledger/mint-export/verify.ts';
import { accountsOf, type TestSession } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { joinBrand, type MintedJob, makeBrand, mintJob } from '../fixtures/mint-exports.ts';
import { BUCKET, type ObjectStore, STORE_CREDENTIALS, startObjectStore } from '../fixtures/object-store.ts';

const cluster = await startTestCluster();
const db = cluster.open('api');
const migrator = cluster.open('migrator', 1);
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
const SERIALS = ['=SUM(A1)', "O'Neil", ...Array.from({ length: 598 }, (_, i) => `S-${i + 1}`)];
const EXPORTS = { resolverOrigin: 'https://scan.test' };

let [api, clock]: [TestApi, TestClock] = [undefined as never, undefined as never];
let [owner, member, stranger]: TestSession[] = [];
let job: MintedJob;
let store: ObjectStore;

beforeAll(async () => {
  store = await startObjectStore();
});
afterAll(async () => {
  await store.close();
  await cluster.stop();
});
beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  api = await start();
  const accounts = accountsOf(() => api);
  [owner, member, stranger] = [
    await accounts.open('owner@example.org'),
    await accounts.open('member@example.org'),
    await accounts.open('stranger@example.org'),
  ];
  const brandId = await makeBrand(migrator, owner.accountId);
  await joinBrand(migrator, brandId, member.accountId, 'member');
  await makeBrand(migrator, stranger.accountId);
  job = await mintJob(migrator, { brandId, owner: owner.accountId, serials: SERIALS });
});
afterEach(() => api.close());

const start = (bucket = false): Promise<TestApi> =>
  startTestApi({
    ...{ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) },
    settings: {
      exports: { ...EXPORTS, ...(bucket ? { bucket: { ...BUCKET, endpoint: store.endpoint } } : {}) },
    },
    ...(bucket ? { exportStorage: STORE_CREDENTIALS } : {}),
  });

const bearerOf = (session: TestSession | string | undefined) => ({
  authorization: `Bearer ${typeof session === 'string' ? session : session?.accessToken}`,
});

async function post(
  path: string,
  body: unknown,
  by: TestSession | string | undefined,
  key: string | null = randomBytes(8).toString('hex'),
  at = api,
) {
  const answer = await at.publicApp.inject({
    ...{ method: 'POST', url: path, payload: JSON.stringify(body) },
    headers: {
      'content-type': 'application/json',
      ...bearerOf(by),
      ...(key === null ? {} : { 'idempotency-key': key }),
    },
  });
  return { status: answer.statusCode, body: answer.json() };
}

const order = (by: TestSession | string | undefined, format = 'jsonl', key?: string | null, more = {}) =>
  post('/api/v1/minting/exports', { brandId: job.brandId, jobId: job.jobId, format, ...more }, by, key);
const make = (at = api) => at.jobs.find(({ name }) => name === 'mint-exports')?.run();
const rowOf = async (id: string) =>
  (await api.get(`/api/v1/minting/exports/${id}`, bearerOf(owner))).body.export;
const linkFor = (id: string, by: TestSession | undefined, at = api) =>
  post(`/api/v1/minting/exports/${id}/link`, { batchName: job.batchName }, by, undefined, at);
const fetchFile = async (url: string, at = api) => {
  const { statusCode: status, headers, rawPayload: file } = await at.publicApp.inject({ method: 'GET', url });
  return { status, headers, file };
};
const kinds = async (): Promise<string[]> => {
  const { rows } = await sql<{
    kind: string;
  }>`SELECT kind FROM ledger_staged WHERE kind LIKE 'mint.export-%' `.execute(db.kysely);
  return rows.map(({ kind }) => kind.slice('mint.export-'.length)).sort();
};

/** An export that is ready, with an address for the owner. */
async function ready(format = 'jsonl', more = {}) {
  const { body } = await order(owner, format, undefined, more);
  await make();
  const link = await linkFor(body.export.id, owner);
  return { id: body.export.id as string, url: link.body.url as string };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

describe('an export of a mint job', () => {
  it.each(['jsonl', 'csv'])(
    'as %s is what verify takes, with every code, and is sealed where it is kept',
    async (format) => {
      const { id, url } = await ready(format);
      const { status, headers, file } = await fetchFile(url);
      expect([status, headers['cache-control'], headers['content-disposition']]).toEqual([
        ...[200, 'no-store', `attachment; filename="sallyport-${id}.${format}"`],
      ]);
      const report = await verifyExport(once(file), { sha256, startSha256: () => createHash('sha256') });
      expect(report).toMatchObject({ verdict: 'consistent', problem: null, rows: SERIALS.length });
      expect(await rowOf(id)).toMatchObject({
        state: 'ready',
        done: SERIALS.length,
        bytes: file.length,
        sha256: report.sha256,
      });
      const text = file.toString();
      for (const code of job.codes.slice(0, 5)) expect(text).toContain(`https://scan.test/s/${code}`);
      const folder = join(api.dataDir, 'mint-exports');
      expect(readdirSync(folder)).toEqual([`${id}-1`]);
      expect(readFileSync(join(folder, `${id}-1`)).includes(job.codes[0] ?? '')).toBe(false);
      expect(await kinds()).toEqual(['completed', 'downloaded', 'link-issued', 'opened', 'requested']);
      expect(api.logged()).not.toContain(job.codes[0]);
      expect(api.logged()).not.toContain(new URL(url, 'http://x').searchParams.get('signature'));
    },
  );

  it('is ordered by owners and admins only, once for a key, and told to nobody else', async () => {
    expect((await order(undefined)).status).toBe(401);
    expect((await order(api.adminToken)).status).toBe(401);
    expect((await order(member)).status).toBe(403);
    expect((await order(stranger)).status).toBe(404);
    expect((await order(owner, 'jsonl', null)).status).toBe(400);
    const [first, again, other] = [
      await order(owner, 'jsonl', 'key-00001'),
      await order(owner, 'jsonl', 'key-00001'),
      await order(owner, 'csv', 'key-00001'),
    ];
    expect([first.status, again.status, other.status]).toEqual([201, 201, 422]);
    expect(again.body.export.id).toBe(first.body.export.id);
    const { id } = first.body.export;
    const paths = [`/api/v1/minting/exports/${id}`, `/api/v1/minting/brands/${job.brandId}/exports`];
    for (const path of paths) {
      expect((await api.get(path, bearerOf(member))).status).toBe(200);
      expect((await api.get(path, bearerOf(stranger))).status).toBe(404);
      expect((await api.get(path)).status).toBe(401);
    }
    expect((await linkFor(id, owner)).status).toBe(409);
    await make();
    expect((await linkFor(id, member)).status).toBe(200);
    expect((await linkFor(id, stranger)).status).toBe(404);
    expect((await order(owner, 'jsonl', undefined, { first: 2 })).status).toBe(400);
    expect((await order(owner, 'svg', undefined, { first: 600, rows: 2 })).status).toBe(400);
  });
});

describe('a download address', () => {
  it('is refused when any parameter is changed, added, doubled or left out', async () => {
    const [{ url }, another] = [await ready(), await ready()];
    const mutations: string[] = [
      url.replace(/mex_[^/]+/, another.id),
      `${url}&more=1`,
      `${url}&account=${owner?.accountId}`,
    ];
    const names = ['account', 'object', 'expires', 'signature'];
    for (const name of names) {
      const [theirs, without] = [new URL(url, 'http://x'), new URL(url, 'http://x')];
      const value = theirs.searchParams.get(name) ?? '';
      const last = value.endsWith('1') ? '2' : '1';
      theirs.searchParams.set(name, value.slice(0, -1) + last);
      without.searchParams.delete(name);
      mutations.push(`${theirs.pathname}${theirs.search}`, `${without.pathname}${without.search}`);
    }
    mutations.push(
      url.replace(/account=[^&]+/, `account=${member?.accountId}`),
      url.replace(/mex_[^/]+/, '..%2f..'),
    );
    for (const wrong of mutations) {
      const { status, file } = await fetchFile(wrong);
      expect([400, 401, 404], wrong).toContain(status);
      expect(file.includes(job.codes[0] ?? '')).toBe(false);
    }
    expect((await fetchFile(url)).status).toBe(200);
  });

  it('ends after 300 seconds, works on another instance of one storage, and needs a member of today', async () => {
    const { id, url } = await ready();
    clock.advance(299_000);
    expect((await fetchFile(url)).status).toBe(200);
    clock.advance(1_000);
    expect((await fetchFile(url)).status).toBe(401);
    const { body } = await linkFor(id, member);
    expect((await fetchFile(body.url)).status).toBe(200);
    await migrator.kysely
      .deleteFrom('brand_members')
      .where('account_id', '=', member?.accountId ?? '')
      .execute();
    expect((await fetchFile(body.url)).status).toBe(404);
  });

  it('gives nothing when its entry cannot be written', async () => {
    const { url } = await ready();
    await sql`ALTER TABLE ledger_staged ADD CONSTRAINT no_more CHECK (kind <> 'mint.export-opened') NOT VALID`.execute(
      migrator.kysely,
    );
    try {
      const { status, file } = await fetchFile(url);
      expect([status, file.includes(job.codes[0] ?? '')]).toEqual([500, false]);
    } finally {
      await sql`ALTER TABLE ledger_staged DROP CONSTRAINT no_more`.execute(migrator.kysely);
    }
  });
});

describe('storage, makers and tokens that fail', () => {
  it('a bucket that is away: 503, the export waits, and goes on where another instance finds it', async () => {
    const [one, two] = [await start(true), await start(true)];
    try {
      store.mood = 'unavailable';
      const { body } = await order(owner);
      await make(one);
      expect(await rowOf(body.export.id)).toMatchObject({ state: 'queued', problem: 'storage', attempts: 1 });
      store.mood = 'serves';
      await sql`UPDATE mint_exports SET retry_at = now()`.execute(migrator.kysely);
      await make(two);
      expect(await rowOf(body.export.id)).toMatchObject({ state: 'ready', problem: null, attempts: 2 });
      const { url } = (await linkFor(body.export.id, owner, one)).body;
      expect(url).not.toContain(store.endpoint);
      expect((await fetchFile(url, two)).status).toBe(200);
      store.mood = 'unavailable';
      const { status, headers } = await fetchFile(url, one);
      expect([status, headers['retry-after']]).toEqual([503, '5']);
      store.mood = 'serves';
      store.objects.clear();
      expect((await fetchFile(url, one)).status).toBe(404);
    } finally {
      store.mood = 'serves';
      await Promise.all([one.close(), two.close()]);
    }
  });

  it.each([
    ['that ended', '-1 second'],
    ['of an hour, from before the clock was set back', '1 hour'],
  ])(
    'a maker that died with a lease %s leaves no export, and one that wakes up late makes none',
    async (_, ends) => {
      const { body } = await order(owner);
      const { id } = body.export;
      const died = sql`UPDATE mint_exports SET state = 'writing', lease_owner = 'died', lease_expires_at = now() + ${ends}::interval, fence = 1, attempts = 1, done = 500`;
      await died.execute(migrator.kysely);
      expect((await linkFor(id, owner)).status).toBe(409);
      await make();
      expect(await rowOf(id)).toMatchObject({ state: 'ready', attempts: 2 });
      const late = sql`UPDATE mint_exports SET object = id || '-1' WHERE fence = 1`;
      expect((await late.execute(db.kysely)).numAffectedRows).toBe(0n);
      await expect(sql`UPDATE mint_exports SET object = id || '-1'`.execute(db.kysely)).rejects.toMatchObject(
        {
          constraint: 'mint_exports_finished_stay_finished',
        },
      );
    },
  );

  it('tokens that are not those of the root, or do not open, are no export', async () => {
    const root = sql`UPDATE mint_tokens SET serial = 'swapped' WHERE position = 7`;
    await root.execute(migrator.kysely);
    const incomplete = (await order(owner)).body.export.id;
    await make();
    expect(await rowOf(incomplete)).toMatchObject({ state: 'failed', problem: 'incomplete', bytes: null });
    await sql`UPDATE mint_tokens a SET code_envelope = b.code_envelope FROM mint_tokens b WHERE a.position = 3 AND b.position = 4`.execute(
      migrator.kysely,
    );
    const unreadable = (await order(owner)).body.export.id;
    await make();
    expect(await rowOf(unreadable)).toMatchObject({ state: 'failed', problem: 'unreadable' });
    expect(await kinds()).toEqual(['failed', 'failed', 'requested', 'requested']);
    expect(readdirSync(join(api.dataDir, 'mint-exports'))).toEqual([]);
  });
});
