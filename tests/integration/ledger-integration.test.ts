import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { sha256 } from '../../service/ledger/entry-row.ts';
import { BATCH_SIZE, integrateBatch } from '../../service/ledger/integrator/batch.ts';
import type { Integrator } from '../../service/ledger/integrator/integrator.ts';
import { advanceHead, holdLease, readHead } from '../../service/ledger/integrator/store.ts';
import { hashLeaf } from '../../shared/ledger/commitment.ts';
import { appendLeaf, EMPTY_FRONTIER, rootOf } from '../../shared/ledger/merkle.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { anEvent, integratorDeps, stageMany, stagingFor, startTestIntegrator } from '../fixtures/ledger.ts';

let cluster: TestCluster;
let api: Database;
let integrator: Database;
const running: Integrator[] = [];

beforeAll(async () => {
  cluster = await startTestCluster();
  api = cluster.open('api');
  integrator = cluster.open('integrator');
});
beforeEach(() => cluster.reset());
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(() => cluster.stop());

const start = async (holder?: string) => {
  running.push(await startTestIntegrator(cluster, holder));
};
const entries = () =>
  api.kysely
    .selectFrom('ledger_entries')
    .select(['number', 'id', 'leaf', 'leaf_hash'])
    .orderBy('number')
    .execute();
const batch = (holder = 'test') =>
  transact(integrator, (tx) => integrateBatch(tx, integratorDeps(cluster, holder)));

async function waitForSize(size: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const head = await api.kysely.selectFrom('ledger_head').select('size').executeTakeFirstOrThrow();
      expect(Number(head.size)).toBe(size);
    },
    { timeout: 10_000, interval: 5 },
  );
}

/** Numbers without a gap, every leaf hashed, the root over all of them, nothing left behind. */
async function expectSoundLog(size: number): Promise<void> {
  const rows = await entries();
  expect(rows.map((row) => Number(row.number))).toEqual(Array.from({ length: size }, (_, i) => i));
  expect(new Set(rows.map((row) => row.id)).size).toBe(size);
  const hashes = rows.map((row) => hashLeaf(sha256, row.leaf));
  rows.forEach((row, i) => {
    expect(row.leaf_hash.equals(hashes[i] ?? Buffer.alloc(0))).toBe(true);
  });
  const frontier = hashes.reduce((range, hash) => appendLeaf(sha256, range, hash), EMPTY_FRONTIER);
  const head = await api.kysely.selectFrom('ledger_head').selectAll().executeTakeFirstOrThrow();
  expect(head.root.toString('hex')).toBe(Buffer.from(rootOf(sha256, frontier)).toString('hex'));
  const staged = await api.kysely.selectFrom('ledger_staged').select('id').execute();
  expect(staged).toEqual([]);
}

describe('the integrator', () => {
  it('numbers an entry within 1 s of its commit, always', async () => {
    await start();
    const times: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      await stageMany(api, stagingFor(cluster), 1);
      const committed = performance.now();
      await waitForSize(i + 1);
      times.push(performance.now() - committed);
    }
    expect(Math.max(...times)).toBeLessThan(1000);
  });

  it('numbers what was staged while it was away, in the order of staging', async () => {
    const ids = await stageMany(api, stagingFor(cluster), 3);
    await start();
    await waitForSize(3);
    expect((await entries()).map((row) => row.id)).toEqual(ids);
  });

  it('numbers more than one batch, and keeps the tiles that proofs need', async () => {
    const count = BATCH_SIZE + 300;
    await stageMany(api, stagingFor(cluster), count);
    await start();
    await waitForSize(count);
    await expectSoundLog(count);
    const tiles = await api.kysely.selectFrom('ledger_tiles').selectAll().execute();
    const tile = (level: number, index: number) =>
      tiles.find((one) => one.level === level && Number(one.index) === index)?.hashes;
    expect(tiles).toHaveLength(Math.ceil(count / 256) + 1);
    const subtrees = Math.floor(count / 256);
    expect(tile(1, 0)?.length).toBe(subtrees * 32);
    const leaves = (await entries()).slice(256, 512).map((row) => row.leaf_hash as Uint8Array);
    const root = rootOf(
      sha256,
      leaves.reduce((range, hash) => appendLeaf(sha256, range, hash), EMPTY_FRONTIER),
    );
    expect(tile(1, 0)?.subarray(32, 64).equals(root)).toBe(true);
    expect(tile(0, 1)?.equals(Buffer.concat(leaves))).toBe(true);
  });

  it('leaves no gap and no double when two of them and many writers race', async () => {
    await start('one');
    await start('two');
    await Promise.all(Array.from({ length: 6 }, () => stageMany(api, stagingFor(cluster), 20)));
    await waitForSize(120);
    await expectSoundLog(120);
  });

  it('numbers nothing when its transaction fails at the end', async () => {
    await stageMany(api, stagingFor(cluster), 5);
    const crash = transact(integrator, async (tx) => {
      await integrateBatch(tx, integratorDeps(cluster));
      throw new Error('crash before the commit');
    });
    await expect(crash).rejects.toThrow('crash before the commit');
    expect(await entries()).toEqual([]);
    expect(await batch()).toMatchObject({ numbered: 5 });
    await expectSoundLog(5);
  });

  it('loses a mutation and its entry together when the mutation fails', async () => {
    const failing = transact(api, async (tx) => {
      await stagingFor(cluster).stage(tx, anEvent());
      throw new Error('the mutation failed');
    });
    await expect(failing).rejects.toThrow('the mutation failed');
    expect(await batch()).toMatchObject({ found: 0 });
  });
});

describe('leadership', () => {
  it('belongs to one until it is released or lapses', async () => {
    expect(await batch('one')).toMatchObject({ leading: true });
    expect(await batch('two')).toMatchObject({ leading: false });
    await vi.waitFor(async () => expect(await batch('two')).toMatchObject({ leading: true }), {
      timeout: 5000,
      interval: 100,
    });
    expect(await batch('one')).toMatchObject({ leading: false });
  });

  it('grows its fencing token with every new holder and keeps it for the same one', async () => {
    const first = await transact(integrator, (tx) => holdLease(tx, 'one'));
    expect(await transact(integrator, (tx) => holdLease(tx, 'one'))).toBe(first);
    await cluster
      .open('migrator', 1)
      .kysely.updateTable('leases')
      .set({ expires_at: new Date(0) })
      .execute();
    expect(await transact(integrator, (tx) => holdLease(tx, 'two'))).toBe((first ?? 0) + 1);
  });

  it('is not waited for when the clock was set back by an hour, and a lease of today is', async () => {
    const first = await transact(integrator, (tx) => holdLease(tx, 'one'));
    expect(await transact(integrator, (tx) => holdLease(tx, 'two'))).toBeUndefined();
    await cluster
      .open('migrator', 1)
      .kysely.updateTable('leases')
      .set({ expires_at: new Date(Date.now() + 3_600_000) })
      .execute();
    expect(await transact(integrator, (tx) => holdLease(tx, 'two'))).toBe((first ?? 0) + 1);
  });

  it('is fenced: a leader of an older epoch cannot advance the head', async () => {
    await stageMany(api, stagingFor(cluster), 1);
    await batch('one');
    const late = transact(integrator, async (tx) => {
      const head = await readHead(tx);
      await advanceHead(tx, head, appendLeaf(sha256, head.frontier, Buffer.alloc(32)), 0);
    });
    await expect(late).rejects.toMatchObject({ code: 'fenced' });
    await expectSoundLog(1);
  });

  it('is fenced: a leader that read an older head cannot advance it', async () => {
    const stale = await transact(integrator, (tx) => readHead(tx));
    await stageMany(api, stagingFor(cluster), 1);
    await batch('one');
    const late = transact(integrator, (tx) =>
      advanceHead(tx, stale, appendLeaf(sha256, stale.frontier, Buffer.alloc(32)), 99),
    );
    await expect(late).rejects.toMatchObject({ code: 'fenced' });
  });
});
