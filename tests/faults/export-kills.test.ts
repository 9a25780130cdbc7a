import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { verifyExport } from '../../shared/ledger/mint-export/verify.ts';
import { PASSWORD } from '../fixtures/accounts.ts';
import { ApiProcess } from '../fixtures/api-kills.ts';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { mintAllOf } from '../fixtures/minting.ts';

/** `npm run test:faults` runs it whole. What a file holds in memory shows from some 200,000 rows on. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const ROWS = Number(process.env.SALLYPORT_EXPORT_ROWS ?? (FULL ? 1_000_000 : 12_000));
const KILLS = Number(process.env.SALLYPORT_EXPORT_KILLS ?? (FULL ? 5 : 1));
/** Small spaces, so that garbage is taken away soon and what is seen is what is held. */
const FLAGS = ['--max-semi-space-size=2', '--max-old-space-size=112'];
/** Where the two halves of an export are compared; a file of a million rows has 250 MB. */
const MOST_GROWTH = 32 * 1024 * 1024;
const PARTS = 8;
const LONG = { timeout: 240_000, interval: 20 };

let [cluster, db, api]: [TestCluster, Database, ApiProcess] = [
  undefined as never,
  undefined as never,
  undefined as never,
];
let [token, brandId, jobId] = ['', '', ''];

const send = async (path: string, body: object, status: number) => {
  const key = randomBytes(8).toString('hex');
  const answer = await api.post(`/api/v1/minting${path}`, body, token, key);
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  return answer.body;
};
const link = (id: string, status = 200) => send(`/exports/${id}/link`, { batchName: 'spring' }, status);
const order = async (): Promise<string> =>
  (await send('/exports', { brandId, jobId, format: 'jsonl' }, 201)).export.id;
const shown = async (id: string) => (await api.get(`/api/v1/minting/exports/${id}`, token)).body.export;
const rowOf = (id: string) =>
  db.kysely.selectFrom('mint_exports').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const files = () => readdirSync(join(api.dataDir, 'mint-exports')).sort();
const completions = async (id: string) =>
  (
    await db.kysely
      .selectFrom('ledger_staged')
      .select('id')
      .where('kind', '=', 'mint.export-completed')
      .where('data', 'like', `%${id}%`)
      .execute()
  ).length;

beforeAll(async () => {
  const script = await bundleFixture('api-process');
  cluster = await startTestCluster();
  db = cluster.open('migrator', 2);
  api = await ApiProcess.open(script, cluster, { flags: FLAGS });
  const who = { email: 'mina@example.org', password: PASSWORD };
  await api.post('/api/v1/auth/register', who);
  token = (await api.post('/api/v1/auth/login', who)).body.tokens.accessToken;
  brandId = (await send('/brands', { name: 'Acme' }, 201)).brand.id;
  const batch = { brandId, batchName: 'spring', quantity: ROWS, serialPattern: 'ACME-{n:7}' };
  const submitted = await send('/jobs', { ...batch, activation: 'none', product: { name: 'Tea' } }, 201);
  jobId = submitted.job.id;
  await mintAllOf(cluster.open('worker', 2), { now: () => new Date() });
}, 600_000);
afterAll(async () => {
  await api?.close();
  await cluster?.stop();
});

/** Reads a file as it streams, and what it is worth. */
async function download(url: string) {
  const answer = await api.open(url);
  const digest = createHash('sha256');
  const memory = { bytes: 0, seen: [] as number[] };
  const body = answer.body as unknown as AsyncIterable<Uint8Array>;
  const measured = (async function* () {
    for await (const part of body) {
      digest.update(part);
      memory.bytes += part.length;
      memory.seen.push(api.memory());
      yield part;
    }
  })();
  const options = {
    sha256: (data: Uint8Array) => createHash('sha256').update(data).digest(),
    startSha256: () => createHash('sha256'),
  };
  const report = await verifyExport(measured, options);
  return { status: answer.status, report, sha256: digest.digest('hex'), ...memory };
}

/** The most memory that the process had in each part of the export, and of its download. */
async function watch(id: string): Promise<number[]> {
  const most = Array.from({ length: PARTS }, () => 0);
  await vi.waitUntil(async () => {
    const { state, done } = await rowOf(id);
    const part = Math.min(PARTS - 1, Math.floor((done / ROWS) * PARTS));
    most[part] = Math.max(most[part] ?? 0, api.memory());
    return state === 'ready';
  }, LONG);
  return most;
}

/** Kills the process between two batches of the export: it cannot say how far it is while its row is held here. */
async function killMidExport(id: string): Promise<number> {
  await vi.waitUntil(async () => (await rowOf(id)).done > 0, { ...LONG, interval: 1 });
  return transact(db, async (tx) => {
    const held = await tx
      .selectFrom('mint_exports')
      .select(['state', 'done'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    expect(held.state, 'the export was over before it could be killed').toBe('writing');
    await api.kill();
    return held.done;
  });
}

/** How much more was held at the end than in the first half. */
function growth(seen: readonly number[]): number {
  const middle = Math.ceil(seen.length / 2);
  return Math.max(...seen.slice(middle)) - Math.max(...seen.slice(0, middle));
}

const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);
const forged = (url: string, id: string) => {
  const address = new URL(url, 'http://x');
  address.pathname = address.pathname.replace(/mex_[^/]+/, id);
  address.searchParams.set('object', `${id}-1`);
  return `${address.pathname}${address.search}`;
};

describe(`an export of ${ROWS} rows`, () => {
  let whole: { id: string; url: string; sha256: string };

  it('is made and sent in memory that does not grow with it', async () => {
    const id = await order();
    const made = await watch(id);
    const { url } = await link(id);
    const file = await download(url);
    expect(file.status).toBe(200);
    expect(file.report).toMatchObject({ verdict: 'consistent', rows: ROWS });
    process.stderr.write(
      `export of ${ROWS} rows, ${megabytes(file.bytes)} MB: ${made.map(megabytes).join(', ')} MB held while it was made, ` +
        `at most ${megabytes(Math.max(...file.seen))} MB while it was sent (${megabytes(growth(file.seen))} MB more in the second half)\n`,
    );
    expect(growth(made.filter((seen) => seen > 0))).toBeLessThan(MOST_GROWTH);
    expect(growth(file.seen)).toBeLessThan(MOST_GROWTH);
    whole = { id, url, sha256: file.sha256 };
  }, 600_000);

  it(`is never offered half when its process dies ${KILLS} times in the middle, and is whole in the end`, async () => {
    const id = await order();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const done = await killMidExport(id);
      expect(done).toBeLessThan(ROWS);
      expect(files()).toEqual([`${whole.id}-1`, `${id}-${kill}.part`].sort());
      await api.start();
      expect(await shown(id)).toMatchObject({ state: 'writing', attempts: kill, bytes: null, sha256: null });
      expect((await link(id, 409)).error.message).toContain('no file to download');
      expect((await api.open(forged(whole.url, id))).status).toBe(401);
      expect(await completions(id)).toBe(0);
      // A lease of thirty seconds would be waiting and nothing else: it is declared over, as time would.
      await db.kysely
        .updateTable('mint_exports')
        .set({ lease_expires_at: new Date(0) })
        .where('id', '=', id)
        .execute();
    }
    await vi.waitUntil(async () => (await rowOf(id)).state === 'ready', LONG);
    const attempt = KILLS + 1;
    expect(files()).toEqual([`${whole.id}-1`, `${id}-${attempt}`].sort());
    expect(await completions(id)).toBe(1);
    const file = await download((await link(id)).url);
    expect(file.report).toMatchObject({ verdict: 'consistent', rows: ROWS });
    expect(await shown(id)).toMatchObject({ attempts: attempt, sha256: file.sha256, bytes: file.bytes });
  }, 600_000);

  it('is downloaded after the death of its process by the address that was issued before it', async () => {
    expect((await download(whole.url)).sha256).toBe(whole.sha256);
    const later = whole.url.replace(/expires=(\d+)/, (_, at) => `expires=${Number(at) + 1}`);
    expect((await api.open(later)).status).toBe(401);
  }, 600_000);
});
