import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { openLog } from '../../service/app/open-log.ts';
import { accountsOf } from '../fixtures/accounts.ts';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { ApiProcess, heapTo } from '../fixtures/api-kills.ts';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { integrated } from '../fixtures/incidents.ts';
import { clientOf, issueSecrets } from '../fixtures/issued-secrets.ts';
import { checkpoint, dumpTables, filesOf } from '../fixtures/leaks.ts';
import { startTestIntegrator } from '../fixtures/ledger.ts';
import { prepareSigned } from '../fixtures/signing.ts';

const cluster = await startTestCluster({ own: 'it reads the files of the cluster' });
afterAll(() => cluster.stop());

/** SPEC 19.13. */
const CANARIES = 20;

/** The log in every form in which somebody takes it away, complete. */
async function exportsOf(api: TestApi, containing: string): Promise<Record<string, string>> {
  await integrated(cluster.open('api'));
  const texts: Record<string, string> = {};
  for (const format of ['csv', 'jsonl', 'ocsf', 'bundle']) {
    const { status, text } = await api.get(`/api/logs/ledger/export?format=${format}`);
    expect(status, text).toBe(200);
    expect(text, format).toContain(containing);
    texts[`an export as ${format}`] = text;
  }
  return texts;
}

it('no table, file of the database, export or log holds a key, code or token that was issued', async () => {
  const clock = new TestClock();
  const parts = { db: cluster.open('api'), clock, log: pino({ level: 'silent' }) };
  const integrator = await startTestIntegrator(cluster);
  const log = await openLog({ ...parts, settings: { database: cluster.endpoint }, keys: cluster.keys });
  const api = await startTestApi({
    db: parts.db,
    clock,
    staging: testStaging(clock, cluster.keys.stagingMac),
    ledger: log.handlers,
  });
  const operator = await api.enrolFirst();
  const { secrets, password, created, opened, renewed } = await issueSecrets(api, operator, api.adminToken);
  expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(CANARIES);
  const { register, login, refresh, me } = accountsOf(() => api);
  // Every way to go wrong with them as well: in the wrong place, in a body that fails, in a repeat.
  await api.get(`/api/keys?token=${secrets.key}`);
  await api.get(`/api/keys/${secrets.key}`, { authorization: `Bearer ${secrets.key}` });
  await api.get('/api/v1/tokenhall/key', { authorization: `Bearer ${secrets.key}` });
  await api.signed(
    { route: 'keys.create', path: '/api/keys', body: { label: 'a' }, idempotencyKey: 'create-one' },
    operator,
  );
  const enrolment = {
    code: secrets.invitation,
    name: `${secrets.key}${secrets.key}`,
    publicKey: operator.publicKey,
  };
  await api.signed({ route: 'operators.enrol', path: '/api/operators/enrol', body: enrolment }, operator);
  await api.send(
    await prepareSigned(
      ORIGIN,
      { route: 'keys.create', path: '/api/keys', body: { secret: secrets.key } },
      operator,
    ),
  );
  const answers = [
    await register('ada@example.org', password),
    await register('nobody', password),
    await login('ada@example.org', `${password}x`),
    await login(password, password),
    await api.post('/api/v1/auth/login', { email: 'ada@example.org', password: [password] }),
    await api.post('/api/v1/auth/refresh', { refreshToken: `${opened.refreshToken}x` }),
    await me(`${opened.accessToken}x`),
    await api.get(`/api/v1/auth/me?token=${opened.accessToken}`, {}),
    await refresh(opened.refreshToken),
    await refresh(renewed.refreshToken),
  ];
  for (const [name, secret] of Object.entries(secrets))
    for (const { status, text } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text.includes(secret), `${name} in an error`).toBe(false);
    }
  await api.lastSeen.flush(cluster.open('api'));
  await api.refusals.flush(cluster.open('api'));
  const exported = await exportsOf(api, created.body.key.id);
  await api.close();
  await log.stop();
  await integrator.stop();
  await checkpoint(cluster.open('owner', 1));

  const tables = await dumpTables(cluster.open('migrator', 1));
  const places = { tables, logs: api.logged(), ...exported };
  const files = await filesOf(cluster.dataDir);
  expect(files.length).toBeGreaterThan(100);
  expect(places.tables).toContain(created.body.key.displayPrefix);
  expect(places.logs).toContain('keys.create');
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length).toBeGreaterThan(20);
    for (const [place, text] of Object.entries(places))
      expect(text.includes(secret), `${name} in ${place}`).toBe(false);
    expect(
      files.some((file) => file.includes(secret)),
      `${name} in a file`,
    ).toBe(false);
  }
});

/** Another process starts and its heap is written down: the whole run only. */
it.runIf(process.env.SALLYPORT_FAULTS === 'full')(
  'no heap of the API does, after a collection',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-heap-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await cluster.reset();
    const adminToken = randomBytes(32).toString('base64url');
    const script = await bundleFixture('api-process');
    const process = await ApiProcess.open(script, cluster, { adminToken, flags: heapTo(folder) });
    onTestFinished(() => process.close());
    const api = clientOf(process);
    const { secrets } = await issueSecrets(api, await process.enrolFirst(), adminToken);
    expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(CANARIES);
    // What the last request of a connection brought stays with it until the next one comes.
    for (let n = 0; n < 20; n += 1)
      await process.post('/api/v1/auth/refresh', { refreshToken: 'x'.repeat(43) });
    const heap = await process.heap(folder);
    // What it holds is found, or finding nothing would say nothing.
    expect(heap.includes(process.dataDir)).toBe(true);
    expect(Object.keys(secrets).filter((name) => heap.includes(secrets[name] ?? ''))).toEqual([]);
  },
  120_000,
);
