import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { exportHandlers } from '../../service/evidence/export/routes.ts';
import { BATCH_SIZE, integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { macKeyOf } from '../../service/ledger/mac.ts';
import { createLedgerStore } from '../../service/ledger/store.ts';
import { reportHandlers } from '../../service/reports/routes.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { newWitness } from '../fixtures/evidence.ts';
import { judge } from '../fixtures/evidence-log.ts';
import { runJob } from '../fixtures/incidents.ts';
import { anEvent, integratorDeps, stageMany, stagingFor } from '../fixtures/ledger.ts';
import { drawnIn } from '../fixtures/pdf-text.ts';

/** The built program; `npm test` builds it before the integration tests run. */
const VERIFY = resolve(import.meta.dirname, '../../out/tools/verify.js');

let cluster: TestCluster;
let db: Database;
let integrator: Database;
let api: TestApi;
let folder: string;

beforeAll(async () => {
  cluster = await startTestCluster();
  db = cluster.open('api');
  integrator = cluster.open('integrator');
  folder = await mkdtemp(join(tmpdir(), 'sallyport-evidence-'));
});
beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  const store = createLedgerStore(db, macKeyOf(cluster.keys.stagingMac));
  const reader = cluster.open('reader', 2);
  const ledger = { ...exportHandlers({ db, store, reader }), ...reportHandlers({ db, reader }) };
  api = await startTestApi({ db, clock, ledger, staging: testStaging(clock, cluster.keys.stagingMac) });
});
afterEach(() => api.close());
afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

const HOSTILE = '=HYPERLINK("http://x")';
const revoked = (i: number) =>
  anEvent({
    kind: 'key.revoked',
    data: {
      keyId: `key_${String(i).padStart(26, '0')}`,
      displayPrefix: 'th_abc',
      reason: `${HOSTILE} "${i}"`,
    },
    actor: { type: 'operator', id: `opr_${i % 2}`, name: '@Ada' },
  });

const number = async () => {
  while (
    (await transact(integrator, (tx) => integrateBatch(tx, integratorDeps(cluster)))).found === BATCH_SIZE
  );
};
async function write(count: number): Promise<void> {
  await stageMany(db, stagingFor(cluster), count, (i) => (i % 3 === 0 ? revoked(i) : anEvent()));
  await number();
}

const get = (query: string) => api.get(`/api/logs/ledger/export?${query}`);
const trust = async () => (await api.get('/api/logs/ledger/keys')).body;

describe('a range of numbers', () => {
  it('is the tiles that it touches, verified by the pinned keys, and of a bundle without filters alone', async () => {
    await write(600);
    const { text } = await get('format=bundle&first=300&end=400');
    expect(await judge(text, await trust())).toMatchObject({
      ...{ verdict: 'verified', range: { first: 256, end: 512 }, complete: true, entries: 256 },
    });
    for (const query of [
      'format=csv&first=3',
      'format=bundle&first=3&kind=key.revoked',
      'format=bundle&first=9&end=8',
    ])
      expect((await get(query)).status, query).toBe(400);
  });
});

describe('exports as rows', () => {
  it.each([
    '',
    '&kind=key.revoked',
    '&actor=opr_1',
    '&text=%22300',
    '&from=2020-01-01T00:00:00Z',
    '&kind=auth.refusals',
  ])('hold exactly the rows of the list, pending ones first: %s', async (filter) => {
    await write(520);
    await stageMany(db, stagingFor(cluster), 5, revoked);
    const store = createLedgerStore(db, macKeyOf(cluster.keys.stagingMac));
    const query = Object.fromEntries(new URLSearchParams(filter.slice(1)));
    const listed = [];
    for (let cursor: string | undefined; ; ) {
      const page = await store.page({ ...query, limit: 100, cursor });
      listed.push(...page.entries);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    const { text, headers } = await get(`format=jsonl${filter}`);
    const rows = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    expect(rows).toEqual(listed);
    expect(headers['x-sallyport-total']).toBe(String(listed.length));
    const events = (await get(`format=ocsf${filter}`)).text.trim().split('\n');
    expect(events.filter((line) => line !== '').map((line) => JSON.parse(line).metadata.uid)).toEqual(
      listed.map(({ id }) => id),
    );
    const csv = (await get(`format=csv${filter}`)).text;
    expect(csv.split('\r\n').filter((line) => line !== '')).toHaveLength(listed.length + 1);
  });

  it('as CSV hold no formula, and withhold what may be withheld when asked to', async () => {
    await write(4);
    const plain = await get('format=csv');
    expect(plain.headers['content-type']).toMatch('text/csv');
    expect(plain.text).toContain(`"'@Ada"`);
    for (const cell of plain.text.matchAll(/(?:^|,)"((?:[^"]|"")*)"/gm))
      expect(cell[1]).not.toMatch(/^\s*[=+@\t\r-]/);
    const redacted = await get('format=csv&withhold=redactable');
    expect(redacted.text).not.toContain('HYPERLINK');
    expect(redacted.text).toContain('"reason"');
    const lines = (await get('format=jsonl&withhold=redactable&kind=key.revoked')).text.trim().split('\n');
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ withheld: ['reason'] });
  });

  it('of the probes are told by requirement of OWASP ASVS', async () => {
    const { headers, text } = await api.get('/api/boundaries/asvs?format=csv');
    expect(headers['content-disposition']).toContain('sallyport-asvs-2030-01-01T00-00-00Z.csv');
    expect(text.split('\r\n')).toHaveLength(Number(headers['x-sallyport-total']) + 2);
    expect((await api.get('/api/boundaries/asvs', {})).status).toBe(401);
  });

  it('are refused without a format, and with the token in the address', async () => {
    expect((await get('format=xml')).status).toBe(400);
    expect((await get('')).status).toBe(400);
    const inAddress = await api.get(`/api/logs/ledger/export?format=csv&token=${api.adminToken}`, {});
    expect(inAddress.status).toBe(401);
  });
});

describe('exports as a bundle', () => {
  it('of the whole log are verified by the trust file, with what the witness saw', async () => {
    const witness = newWitness('console.test/w1');
    const operator = await api.enrolFirst();
    const post = (route: 'ledger.registerWitness' | 'ledger.cosign', path: string, body: unknown) =>
      api.signed({ route, path: `/api/logs/ledger/${path}`, body }, operator);
    await post('ledger.registerWitness', 'witnesses', { key: witness.key });
    await write(300);
    const { note } = (await api.get('/api/logs/ledger/checkpoint')).body;
    await post('ledger.cosign', 'cosignatures', { note: witness.cosign(note) });
    await write(320);
    const { text, headers } = await get('format=bundle');
    const size = 623;
    expect(headers['x-sallyport-total']).toBe(String(size));
    expect(await judge(text, await trust())).toMatchObject({
      ...{ verdict: 'verified', complete: true, entries: size, size, withheld: 0 },
      witnesses: ['console.test/w1'],
    });
  });

  it('of a filter and without what may be withheld are verified too', async () => {
    await write(700);
    const { text } = await get('format=bundle&kind=key.revoked&withhold=redactable');
    expect(text).not.toContain('HYPERLINK');
    expect(await judge(text, await trust())).toMatchObject({
      ...{ verdict: 'verified', complete: false, entries: 234, withheld: 234 },
      filter: { kind: 'key.revoked' },
    });
    const none = await get('format=bundle&kind=auth.refusals');
    expect(await judge(none.text, await trust())).toMatchObject({ verdict: 'verified', entries: 0 });
  });

  it('are refused while nothing is signed', async () => {
    expect((await get('format=bundle')).status).toBe(503);
  });

  it('show an entry that was altered in the database', async () => {
    await write(300);
    const owner = cluster.open('migrator', 1);
    const data = '{"mode":"standalone","signatures":"required","version":"6.6.6"}';
    await owner.kysely.updateTable('ledger_entries').set({ data }).where('number', '=', '280').execute();
    const { text } = await get('format=bundle');
    expect(await judge(text, await trust())).toMatchObject({ problem: { code: 'opening', number: 280 } });
  });
});

describe('an incident', () => {
  const stolen = anEvent({
    kind: 'session.reuse-detected',
    data: { accountId: `acc_${'1'.repeat(26)}`, sessionId: `ses_${'1'.repeat(26)}`, generation: 2 },
  });
  const note = `</td>|[x](javascript:alert(1))\n${HOSTILE}`;

  /** Raised by the rules that read the log, and noted and contained by a person. */
  async function raised(): Promise<string> {
    const operator = await api.enrolFirst('Ada');
    await stageMany(db, stagingFor(cluster), 1, () => stolen);
    await number();
    await runJob(api, 'alerts');
    const [incident] = (await api.get('/api/incidents')).body.incidents;
    const path = `/api/incidents/${incident.id}`;
    const state = { to: 'contained', title: incident.title, reason: 'seen' };
    await api.signed({ route: 'incidents.note', path: `${path}/notes`, body: { note } }, operator);
    await api.signed({ route: 'incidents.move', path: `${path}/state`, body: state }, operator);
    await number();
    return path;
  }

  it('is reported as Markdown and as PDF, with what others wrote quoted and never interpreted', async () => {
    const path = await raised();
    const { headers, text } = await api.get(`${path}/report?zone=Asia/Tokyo`);
    expect(headers['content-type']).toContain('text/markdown');
    expect(headers['content-disposition']).toMatch(/sallyport-inc_\w+-2030-01-01T00-00-00Z\.md/);
    expect(text).toContain('# Post-incident report: A refresh token was used twice');
    expect(text).toContain('2030-01-01 00:00:00 UTC (2030-01-01 09:00:00 GMT+9)');
    expect(text).toContain(`\`\`\`text\n${note}\n\`\`\``);
    expect(text).toMatch(/\| #\d+ \|.*` Ada ` \| State of an incident changed \| ` seen ` \|/);
    expect(text).toContain((await api.get('/api/logs/ledger/checkpoint')).body.note);
    const headersOf = { authorization: `Bearer ${api.adminToken}` };
    const pdf = await api.adminApp.inject({ url: `${path}/report?format=pdf`, headers: headersOf });
    expect(pdf.headers['content-type']).toBe('application/pdf');
    const drawn = drawnIn(pdf.rawPayload);
    for (const word of ['Post-incident report', 'javascript:alert(1)']) expect(drawn).toContain(word);
  });

  it('is proven by a bundle of the entries of its timeline, and told to nobody without a token', async () => {
    const path = await raised();
    await write(3);
    const { entries } = (await api.get(`${path}/timeline`)).body;
    const { headers, text } = await api.get(`${path}/evidence`);
    const id = path.slice('/api/incidents/'.length);
    expect(headers['content-disposition']).toContain(`"sallyport-${id}.evidence.jsonl"`);
    expect(await judge(text, await trust())).toMatchObject({
      ...{ verdict: 'verified', complete: false, entries: entries.length, filter: { incident: id } },
    });
    const shown = text.split('\n').flatMap((line) => /^\{"n":(\d+)/.exec(line)?.[1] ?? []);
    expect(shown.map(Number)).toEqual(entries.map((entry: { number: number }) => entry.number));
    for (const file of ['report', 'evidence']) {
      expect((await api.get(`/api/incidents/inc_${'0'.repeat(26)}/${file}`)).status).toBe(404);
      expect((await api.get(`${path}/${file}`, {})).status).toBe(401);
    }
    for (const query of ['zone=Mars/Olympus', 'format=html'])
      expect((await api.get(`${path}/report?${query}`)).status).toBe(400);
  });
});

describe('the verify command', () => {
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [VERIFY, ...args], { encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  async function files() {
    await write(60);
    const at = (name: string) => join(folder, name);
    const paths = { bundle: at('bundle'), trust: at('trust'), older: at('older') };
    await writeFile(paths.older, (await get('format=bundle')).text);
    await write(300);
    await writeFile(paths.bundle, (await get('format=bundle')).text);
    await writeFile(paths.trust, JSON.stringify(await trust()));
    return paths;
  }

  it('exits 0 with the trust file, 3 without, 1 with the first bad number, 2 for arguments', async () => {
    const paths = await files();
    expect(run(paths.bundle, '--trust', paths.trust)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^VERIFIED\n/),
    });
    expect(run(paths.bundle, '--trust', paths.trust, '--older', paths.older).status).toBe(0);
    expect(run(paths.older, '--trust', paths.trust, '--older', paths.bundle).status).toBe(1);
    expect(run(paths.bundle)).toMatchObject({
      status: 3,
      stdout: expect.stringContaining('CONSISTENT, ORIGIN UNVERIFIED'),
    });
    const text = (await get('format=bundle')).text.replace(/1\.0\.0(?=.*\n\{"n":101,)/, '1.0.1');
    await writeFile(paths.bundle, text);
    expect(run(paths.bundle, '--trust', paths.trust)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('first bad number: 100'),
    });
    for (const args of [[], [paths.bundle, paths.bundle], ['--nonsense']])
      expect(run(...args).status).toBe(2);
    expect(run(join(folder, 'absent'), '--trust', paths.trust).status).toBe(1);
    expect(run(paths.bundle, '--trust', paths.bundle).status).toBe(1);
  });
});
