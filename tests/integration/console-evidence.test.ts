import { appendFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { exportHandlers } from '../../service/evidence/export/routes.ts';
import { verifyEd25519 } from '../../service/ledger/ed25519.ts';
import { sha256 } from '../../service/ledger/entry-row.ts';
import { BATCH_SIZE, integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { macKeyOf } from '../../service/ledger/mac.ts';
import { createLedgerStore } from '../../service/ledger/store.ts';
import { judgeCheckpoint } from '../../shared/ledger/trust.ts';
import { judgeMirror } from '../../tools/verify/mirror.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { consoleMirror, mirrorRoot } from '../fixtures/console-mirror.ts';
import { consoleWitness } from '../fixtures/console-witness.ts';
import { integratorDeps, stageMany, stagingFor } from '../fixtures/ledger.ts';
import type { TestOperator } from '../fixtures/signing.ts';

let cluster: TestCluster;
let db: Database;
let integrator: Database;
let api: TestApi;
let operator: TestOperator;
let clock: TestClock;

const serve = async () => {
  const store = createLedgerStore(db, macKeyOf(cluster.keys.stagingMac));
  const ledger = exportHandlers({ db, store, reader: cluster.open('reader', 2) });
  api = await startTestApi({ db, clock, ledger, staging: testStaging(clock, cluster.keys.stagingMac) });
  operator = await api.enrolFirst();
};

beforeAll(async () => {
  cluster = await startTestCluster();
  db = cluster.open('api');
  integrator = cluster.open('integrator');
});
beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  await serve();
});
afterEach(() => api.close());
afterAll(() => cluster.stop());

const crypto = { sha256, verifyEd25519 };
const deps = () => ({ ...integratorDeps(cluster), now: () => clock.now() });
const batch = () => transact(integrator, (tx) => integrateBatch(tx, deps()));
const write = async (count: number) => {
  await stageMany(db, stagingFor(cluster), count);
  while ((await batch()).found === BATCH_SIZE);
};
const get = async (path: string) => (await api.get(`/api/logs/ledger/${path}`)).body;

const kindsOf = async () => {
  const rows = await db.kysely
    .selectFrom('ledger_entries')
    .select('kind')
    .orderBy('number', 'desc')
    .execute();
  return rows.map(({ kind }) => kind);
};

const newConsole = () =>
  consoleWitness(
    () => api,
    () => operator,
    clock,
  );

describe('two consoles', () => {
  const cosignatures = async () => (await kindsOf()).filter((kind) => kind === 'ledger.cosigned').length;

  it('cosign in turn, each head once, and fall silent when nothing else happens', async () => {
    const [a, b] = [newConsole(), newConsole()];
    await write(3);
    for (const { watch } of [a, b]) {
      expect(await watch.head()).toMatchObject({ witnesses: [], witness: { registered: false } });
      await watch.register();
      await batch();
    }
    const names = [];
    for (const { watch } of [a, b]) {
      const { witness, cosigned } = await watch.head();
      names.push(witness.name);
      expect(cosigned).not.toBeNull();
      await batch();
    }
    expect(await cosignatures()).toBe(2);
    const trust = await get('keys');
    const { note } = await get('checkpoint?witnessed=yes');
    expect(judgeCheckpoint(crypto, note, trust)).toMatchObject({ problem: null, witnesses: [names[1]] });
    // Each other's cosignatures are no news.
    for (let minute = 0; minute < 5; minute += 1) {
      clock.advance(60_000);
      for (const { watch } of [a, b]) await watch.head();
      await batch();
    }
    expect(await cosignatures()).toBe(2);
    await write(5);
    for (const { watch } of [a, b]) await watch.head();
    await batch();
    expect(await cosignatures()).toBe(4);
    const newest = await get('checkpoint?witnessed=yes');
    expect(newest.witnesses.map(({ name }: { name: string }) => name).sort()).toEqual([...names].sort());
  });

  it('raise the alarm of a rolled back log with both heads, and the restore opens an epoch they can go on in', async () => {
    const a = newConsole();
    await write(8);
    const before = await a.watch.head();
    await cluster.reset();
    await api.close();
    await serve();
    await write(2);
    const alarm = await a.watch.head();
    expect(alarm).toMatchObject({ state: 'shrunk', last: before.head });
    expect(alarm.head?.size).toBeLessThan(before.head?.size ?? 0);
    expect(await cosignatures()).toBe(0);
    await a.watch.reportRestore('restored from the backup');
    await batch();
    expect((await kindsOf())[0]).toBe('ledger.epoch-opened');
    await expect(newConsole().watch.reportRestore('nothing is gone')).rejects.toMatchObject({
      code: 'not-available',
    });
  });
});

describe('a mirror off the host', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mirrorRoot();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const started = (witness = newConsole()) => ({
    ...witness,
    ...consoleMirror(() => api, witness, clock, { folder }),
  });
  const never = () => false;
  const inside = async () => {
    const [only = ''] = await readdir(folder);
    const path = join(folder, only);
    const names = await readdir(path);
    return { path, bundles: names.filter((name) => name.endsWith('.evidence.jsonl')).sort() };
  };

  it('goes on where it was after a restart, and is verified by the pinned keys alone', async () => {
    await write(699);
    const a = started();
    await a.watch.head();
    await a.mirror.round();
    expect(a.mirror.status()).toMatchObject({ state: 'waiting', reach: 700, size: 700, message: null });
    await write(20);
    await a.watch.head();
    await a.mirror.round();
    // Few entries wait for more; their head does not.
    expect(a.mirror.status()).toMatchObject({ reach: 700, size: 720 });
    const b = started({ ...a });
    await write(400);
    await b.watch.head();
    const { path } = await inside();
    await appendFile(join(path, 'checkpoints.jsonl'), '{"note":"half a li');
    await writeFile(join(path, 'next.part'), 'what a crash left');
    await b.mirror.round();
    expect(b.mirror.status()).toMatchObject({ state: 'waiting', reach: 1120 });
    const trust = await get('keys');
    expect(await judgeMirror(folder, trust, never)).toMatchObject({
      ...{ verdict: 'verified', problem: null, files: 2, reach: 1120 },
      head: { size: 1120 },
    });
    expect((await judgeMirror(folder, null, never)).verdict).toBe('consistent');
    expect((await inside()).bundles).toHaveLength(2);
  });

  it('that was changed, cut or is another log’s does not verify, and says where', async () => {
    await write(299);
    const a = started();
    await a.watch.head();
    await a.mirror.round();
    await write(300);
    await a.watch.head();
    await a.mirror.round();
    const trust = await get('keys');
    const { path, bundles } = await inside();
    const [first = '', second = ''] = bundles;
    const text = await readFile(join(path, second), 'utf8');
    await writeFile(join(path, second), text.replace(/"n":400,(.*?)"at":"2/, '"n":400,$1"at":"3'));
    expect(await judgeMirror(folder, trust, never)).toMatchObject({
      ...{ verdict: 'refused', problem: { file: second, number: 400 } },
    });
    await writeFile(join(path, second), text);
    await rename(join(path, first), join(path, 'away'));
    expect((await judgeMirror(folder, trust, never)).problem).toMatchObject({ number: 0 });
    await rename(join(path, 'away'), join(path, first));
    const chain = join(path, 'checkpoints.jsonl');
    const links = (await readFile(chain, 'utf8')).trimEnd().split('\n');
    await writeFile(chain, `${links[0]}\n`);
    expect((await judgeMirror(folder, trust, never)).problem).toMatchObject({ file: second });
    await writeFile(chain, `${links.toReversed().join('\n')}\n`);
    expect((await judgeMirror(folder, trust, never)).problem).toMatchObject({ file: 'checkpoints.jsonl' });
    const foreign = { ...trust, ledgerKeys: [{ ...trust.ledgerKeys[0], untilSize: 1 }] };
    expect((await judgeMirror(folder, foreign, never)).verdict).toBe('refused');
  });

  it('keeps nothing that does not verify, and nothing of a log that does not continue it', async () => {
    await write(299);
    const a = started();
    await a.watch.head();
    a.wire.change = (text) => text.replace(/"n":7,(.*?)"at":"2/, '"n":7,$1"at":"3');
    await a.mirror.round();
    expect(a.mirror.status()).toMatchObject({ state: 'failed', reach: 0 });
    expect((await inside()).bundles).toEqual([]);
    a.wire.change = (text) => text;
    await a.mirror.round();
    expect(a.mirror.status()).toMatchObject({ state: 'waiting', reach: 300 });
    await cluster.reset();
    await api.close();
    await serve();
    await write(320);
    const b = started();
    await b.watch.head();
    await b.mirror.round();
    expect(b.mirror.status()).toMatchObject({ state: 'failed', message: expect.stringContaining('FORK') });
    expect(b.alarms).toHaveLength(1);
    expect((await inside()).bundles).toHaveLength(1);
    await rm(folder, { recursive: true });
    await a.mirror.round(true);
    expect(a.mirror.status()).toMatchObject({ state: 'failed' });
  });
});
