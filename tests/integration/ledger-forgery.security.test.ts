import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { startIntegrator } from '../../service/ledger/integrator/integrator.ts';
import { macKeyOf } from '../../service/ledger/mac.ts';
import { createStaging } from '../../service/ledger/staging.ts';
import { createLedgerStore } from '../../service/ledger/store.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import {
  anEvent,
  integratorDeps,
  random,
  stageMany,
  stagingFor,
  startTestIntegrator,
} from '../fixtures/ledger.ts';

let cluster: TestCluster;
let api: Database;
let integrator: Database;
let migrator: Database;

beforeAll(async () => {
  cluster = await startTestCluster();
  api = cluster.open('api');
  integrator = cluster.open('integrator');
  migrator = cluster.open('migrator', 1);
});
beforeEach(() => cluster.reset());
afterAll(() => cluster.stop());

const batch = () => transact(integrator, (tx) => integrateBatch(tx, integratorDeps(cluster)));
const store = () => createLedgerStore(api, macKeyOf(cluster.keys.stagingMac));
const stageOne = () => stageMany(api, stagingFor(cluster), 1);

describe('a staged row of somebody who lacks the key', () => {
  const forge = () =>
    stageMany(
      api,
      createStaging({ macKey: Buffer.alloc(32, 1), clock: { now: () => new Date() }, random }),
      1,
    );

  it('is never numbered, is kept as evidence and is told in the log', async () => {
    const [forged] = await forge();
    expect((await batch()).forgeries).toMatchObject([{ reason: 'mac' }]);
    await batch();
    const page = await store().page({ limit: 50 });
    expect(page.entries).toMatchObject([
      { kind: 'ledger.quarantined', data: { count: 1, reasons: ['mac'] } },
    ]);
    const kept = await api.kysely.selectFrom('ledger_quarantine').selectAll().execute();
    expect(kept).toHaveLength(1);
    expect(kept[0]?.content).toContain(forged);
  });

  it('is not shown while it waits', async () => {
    await forge();
    const [genuine] = await stageOne();
    const page = await store().page({ limit: 50 });
    expect(page.entries.map((entry) => entry.id)).toEqual([genuine]);
  });

  it('does not keep genuine entries beside it from their numbers', async () => {
    await forge();
    await stageOne();
    expect(await batch()).toMatchObject({ numbered: 1 });
  });

  it('cannot flood the log: a batch of forgeries is one entry', async () => {
    for (let i = 0; i < 20; i += 1) await forge();
    expect((await batch()).forgeries).toHaveLength(20);
    await batch();
    expect((await store().head()).size).toBe(1);
  });

  it('is reported loudly by the running integrator', async () => {
    const error = vi.fn();
    const running = await startIntegrator({
      ...integratorDeps(cluster, 'loud'),
      db: cluster.open('integrator', 2),
      log: { error, warn: () => undefined },
    });
    await forge();
    await vi.waitFor(() => expect(error).toHaveBeenCalled(), { timeout: 5000 });
    await running.stop();
  });
});

describe('a genuine row that was altered afterwards', () => {
  it.each([
    ['kind', `'key.revoked'`],
    ['at', `at + interval '1 ms'`],
    ['actor_type', `'stranger'`],
    ['actor_id', `'mallory'`],
    ['actor_name', `'Mallory'`],
    ['agent', `'agent'`],
    ['request_id', `'req'`],
    ['data', `replace(data, '1.0.0', '6.6.6')`],
    ['leaf', `'[]'`],
    ['mac', `sha256('guess')`],
  ])('is quarantined: %s', async (column, value) => {
    await stageOne();
    await sql.raw(`UPDATE ledger_staged SET ${column} = ${value}`).execute(migrator.kysely);
    expect(await batch()).toMatchObject({ numbered: 0, forgeries: [{ reason: 'mac' }] });
  });

  it('is quarantined when its salts were exchanged or deleted', async () => {
    await stageMany(api, stagingFor(cluster), 2);
    await sql`UPDATE ledger_salts SET salts = sha256(salts) || substring(salts FROM 33)
      WHERE entry_id = (SELECT min(entry_id) FROM ledger_salts)`.execute(migrator.kysely);
    await sql`DELETE FROM ledger_salts WHERE entry_id = (SELECT max(entry_id) FROM ledger_salts)`.execute(
      migrator.kysely,
    );
    expect((await batch()).forgeries).toMatchObject([{ reason: 'salts' }, { reason: 'salts' }]);
  });

  it('is quarantined when it is staged a second time after it was numbered', async () => {
    await stageOne();
    await sql`CREATE TEMP TABLE replay AS SELECT * FROM ledger_staged`.execute(migrator.kysely);
    await batch();
    await sql`INSERT INTO ledger_staged (id, kind, at, actor_type, actor_id, actor_name, agent, request_id, data, leaf, mac)
      SELECT id, kind, at, actor_type, actor_id, actor_name, agent, request_id, data, leaf, mac FROM replay`.execute(
      migrator.kysely,
    );
    await sql`DROP TABLE replay`.execute(migrator.kysely);
    expect((await batch()).forgeries).toMatchObject([{ reason: 'replayed' }]);
    expect((await store().head()).size).toBe(1);
  });
});

describe('hostile data in an event', () => {
  it('stays data: wildcards and quotes in a search are taken as they are', async () => {
    const actor = { type: 'operator', id: `opr_' OR 1=1 --`, name: '100%_\\' } as const;
    await stageMany(api, stagingFor(cluster), 1, () => anEvent({ actor }));
    await stageOne();
    expect((await store().page({ limit: 9, text: '%' })).entries).toHaveLength(1);
    expect((await store().page({ limit: 9, text: '_\\' })).entries).toHaveLength(1);
    expect((await store().page({ limit: 9, text: `' OR 1=1` })).entries).toHaveLength(1);
    expect((await store().page({ limit: 9, actor: actor.id })).entries).toHaveLength(1);
  });

  it('is refused when it does not fit its kind, and the message holds no value', async () => {
    const staging = stagingFor(cluster);
    const bad = transact(api, (tx) =>
      staging.stage(tx, anEvent({ data: { version: 1, mode: 'secret-value', signatures: 'x' } })),
    );
    await expect(bad).rejects.toMatchObject({
      code: 'event-invalid',
      message: expect.not.stringContaining('secret'),
    });
  });

  it.each(['', 'x', 'e30', Buffer.from('{"below":-1}').toString('base64url')])(
    'in a cursor is refused: %j',
    async (cursor) => {
      await expect(store().page({ limit: 1, cursor })).rejects.toMatchObject({ code: 'cursor-invalid' });
    },
  );
});

describe('a stored head that was tampered with', () => {
  it('stops the numbering until a person looks, and comes to no harm', async () => {
    await stageOne();
    await batch();
    await sql`UPDATE ledger_head SET root = sha256('other')`.execute(migrator.kysely);
    await stageOne();
    await expect(batch()).rejects.toMatchObject({ code: 'head-damaged' });
    const integrating = await startTestIntegrator(cluster, 'test');
    await integrating.stop();
    expect((await store().head()).size).toBe(1);
  });
});
