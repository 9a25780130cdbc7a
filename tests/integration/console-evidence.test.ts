import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { verifyEd25519 } from '../../service/ledger/ed25519.ts';
import { sha256 } from '../../service/ledger/entry-row.ts';
import { BATCH_SIZE, integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { judgeCheckpoint } from '../../shared/ledger/trust.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
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
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
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

describe('two consoles', () => {
  const newConsole = () =>
    consoleWitness(
      () => api,
      () => operator,
      clock,
    );
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
