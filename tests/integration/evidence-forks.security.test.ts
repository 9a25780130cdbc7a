import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { forkStates } from '../../service/evidence/rederive.ts';
import { verifyEd25519 } from '../../service/ledger/ed25519.ts';
import { sha256 } from '../../service/ledger/entry-row.ts';
import { BATCH_SIZE, integrateBatch } from '../../service/ledger/integrator/batch.ts';
import type { EventKind } from '../../shared/ledger/events.ts';
import { judgeCheckpoint } from '../../shared/ledger/trust.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { consoleWitness } from '../fixtures/console-witness.ts';
import { newLedgerKey } from '../fixtures/evidence-log.ts';
import { runJob, told } from '../fixtures/incidents.ts';
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
const entriesOf = (kind: EventKind) => told(db, kind);
const operatorOf = () => db.kysely.selectFrom('operators').select('id').executeTakeFirstOrThrow();
const newConsole = () =>
  consoleWitness(
    () => api,
    () => operator,
    clock,
  );

/** The row and the entry, held against each other. */
async function rederived(): Promise<void> {
  const entries = await entriesOf('ledger.fork-reported');
  const numbered = entries.map((data) => ({
    ...{ number: 1, id: 'evt', kind: 'ledger.fork-reported', actor: 'opr', agent: null, data },
  }));
  const derive = async (taken: typeof numbered) => {
    const states = forkStates();
    await transact(db, (tx) => states.open(tx));
    for (const entry of taken) states.take(entry);
    return states.compare().map(({ what, fields }) => [what, ...fields]);
  };
  expect(await derive(numbered)).toEqual([]);
  expect(await derive([])).toEqual([['untold']]);
  const owner = cluster.open('migrator', 1);
  await owner.kysely.updateTable('ledger_forks').set({ shown_size: 3 }).execute();
  expect(await derive(numbered)).toEqual([['differs', 'shown']]);
  await owner.kysely.deleteFrom('ledger_forks').execute();
  expect(await derive(numbered)).toEqual([['unwritten']]);
  await owner.close();
}

describe('a fork that a console finds', () => {
  const report = (seen: string, shown: string) =>
    api.signed(
      { route: 'ledger.reportFork', path: '/api/logs/ledger/forks', body: { seen, shown } },
      operator,
    );
  const forks = () => db.kysely.selectFrom('ledger_forks').selectAll().execute();

  /** Two histories under one key, of eight entries and more: what `a` verified, and what the service has. */
  async function forked() {
    const a = newConsole();
    await write(8);
    const seen = (await a.watch.head()).head;
    const { note } = await get('checkpoint');
    await cluster.reset();
    await api.close();
    await serve();
    await write(10);
    return { a, seen, note };
  }

  it('is told the service, which alerts the operators of others with both heads, once', async () => {
    const { a, seen } = await forked();
    const alarm = await a.watch.head();
    expect(alarm).toMatchObject({ state: 'fork', last: seen, told: { state: 'told', message: null } });
    await batch();
    const rule = async () => (await api.get('/api/alert-rules/ledger-fork/dry-run')).body;
    expect((await rule()).alerts).toHaveLength(1);
    expect(await forks()).toMatchObject([{ reported_by: (await operatorOf()).id }]);
    await runJob(api, 'alerts');
    const [incident] = (await api.get('/api/incidents')).body.incidents;
    expect(incident).toMatchObject({ asset: 'control', goal: 'corrupt', severity: 1, alerts: 1 });
    const { alerts } = (await api.get(`/api/incidents/${incident.id}`)).body;
    const [size, root] = [expect.any(Number), expect.any(String)];
    expect(alerts).toMatchObject([
      {
        rule: 'ledger-fork',
        heads: [
          { label: 'Verified by the console', size: seen?.size, root: seen?.root },
          { label: 'Shown to it', size: alarm.head?.size, root: alarm.head?.root },
        ],
      },
    ]);
    expect((await api.get('/api/alerts')).body.alerts[0].heads).toHaveLength(2);
    const [entry] = await entriesOf('ledger.fork-reported');
    expect(entry).toMatchObject({ seen: { size, root }, shown: { size, root }, because: 'seen-not-in-log' });
    // Whoever has the keys is convinced by the entry alone.
    for (const side of ['seenNote', 'shownNote'])
      expect(judgeCheckpoint(crypto, String(entry?.[side]), await get('keys')).problem).toBeNull();
  });

  it('is one fork however often and by whomever it is told, also at the same time', async () => {
    const { note } = await forked();
    const { note: shown } = await get('checkpoint');
    const answers = await Promise.all(Array.from({ length: 6 }, () => report(note, shown)));
    answers.push(await report(shown, note));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.fork)).size).toBe(1);
    expect(answers.filter(({ body }) => body.eventId !== null)).toHaveLength(1);
    await batch();
    expect(await entriesOf('ledger.fork-reported')).toHaveLength(1);
    expect(await forks()).toHaveLength(1);
    await rederived();
  });

  it('is refused with the reason, and told nobody, when it is none', async () => {
    const { note } = await forked();
    const { note: before } = await get('checkpoint');
    await write(4);
    const { note: after } = await get('checkpoint');
    const stranger = newLedgerKey().checkpoint(5, new Uint8Array(32));
    const [text, signatures] = [after.split('\n\n')[0], note.split('\n\n')[1]];
    for (const [seen, shown, status, reason] of [
      [before, after, 409, 'no fork: this log holds both heads'],
      [after, after, 409, 'both are one head'],
      [note, stranger, 409, 'the head that was shown is not believed'],
      [stranger, after, 409, 'the head that was seen is not believed'],
      [note, `${text}\n\n${signatures}`, 409, 'is not good'],
      [note, 'nothing', 400, 'the head that was shown'],
    ] as const) {
      const { status: answered, body } = await report(seen, shown);
      expect([answered, body.error.message]).toEqual([status, expect.stringContaining(reason)]);
    }
    await batch();
    await runJob(api, 'alerts');
    expect(await entriesOf('ledger.fork-reported')).toEqual([]);
    expect([await forks(), (await api.get('/api/alerts')).body.alerts]).toEqual([[], []]);
  });
});
