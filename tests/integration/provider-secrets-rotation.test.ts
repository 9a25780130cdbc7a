import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transact } from '../../service/db/database.ts';
import { requireRoots } from '../../service/tokenhall/secrets/rotation/require-roots.ts';
import { insertRoot } from '../../service/tokenhall/secrets/rotation/store.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { newMaterial, SecretBench } from '../fixtures/provider-secrets.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);
const owner = cluster.open('migrator', 1);

let bench: SecretBench;
beforeEach(async () => {
  bench = await SecretBench.open(cluster, db);
});
afterEach(() => bench.close());

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64url');

/** Works until everything has arrived, whatever goes wrong on the way. */
async function finish(at = bench.api): Promise<void> {
  for (let round = 0; round < 50 && (await bench.roots()).settled < (await bench.roots()).total; round += 1)
    await bench.work(at).catch(() => undefined);
  await bench.work(at);
}

describe('a rotation', () => {
  it('moves every secret while they are read and written, over two instances, and says so once', async () => {
    const second = await bench.instance();
    const materials = await bench.keep(await bench.crowd(600));
    const ada = await bench.account('ada@example.org');
    expect(await bench.rotate(2)).toMatchObject({ status: 200, body: { state: { total: 600, settled: 0 } } });
    const last = newMaterial();
    const readers = [...materials].slice(0, 60).map(async ([accountId, material]) => {
      expect((await bench.resolve({ accountId }, second)).material).toBe(material);
    });
    await Promise.all([bench.work(), bench.work(second), bench.put(ada, last), bench.work(), ...readers]);
    await finish();
    const state = await bench.roots();
    expect(state).toMatchObject({ total: 601, settled: 601, next: { version: 3, available: true } });
    expect(state.roots.map((r: { state: string }) => r.state)).toEqual(['active', 'empty']);
    for (const [accountId, material] of materials)
      expect((await bench.resolve({ accountId })).material).toBe(material);
    expect((await bench.resolve({ accountId: ada.accountId })).material).toBe(last);
    expect(await bench.staged('secret-root.settled')).toEqual([{ version: 2, secrets: 601 }]);
    expect((await bench.staged('secret-root.activated')).at(-1)).toEqual({
      version: 2,
      former: 1,
      secrets: 600,
    });
  });

  it('that two bring in at once is the first one’s, and the other goes on with it', async () => {
    const first = { version: 1, check_value: Buffer.alloc(32, 1) };
    const bringIn = () => transact(db, (tx) => insertRoot(tx, first, new Date()));
    expect([await bringIn(), await bringIn()]).toEqual([true, false]);
  });

  it('is started once by ten at the same time, and to the next version only', async () => {
    await bench.put(await bench.account('ada@example.org'), newMaterial());
    const answers = await Promise.all(Array.from({ length: 10 }, () => bench.rotate(2)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    for (const version of [1, 2, 4]) expect((await bench.rotate(version)).status).toBe(409);
    expect(await bench.staged('secret-root.activated')).toHaveLength(2);
  });

  it('leaves nothing under the old version, whoever writes while it starts', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, (_, n) => bench.account(`p${n}@example.org`)));
    const writes = people.map((one) => bench.put(one, newMaterial()));
    await Promise.all([...writes, bench.rotate(2)]);
    await finish();
    // 503: not taken on, because the database had no connection free.
    const stored = (await Promise.all(writes)).filter(({ status }) => status !== 503);
    for (const { status } of stored) expect(status).toBe(201);
    expect((await bench.staged('secret-root.settled')).map(({ version }) => version)).toEqual([2]);
    expect((await bench.roots()).settled).toBe(stored.length);
  });

  it.each([1, 57, 150])('survives a crash in the middle of a batch, after %d secrets', async (steps) => {
    const materials = await bench.keep(await bench.crowd(250));
    await bench.rotate(2);
    let calls = 0;
    const { secrets } = bench.api;
    const dying = {
      ...secrets,
      random: (bytes: number) => {
        calls += 1;
        if (calls > steps) throw new Error('killed');
        return secrets.random(bytes);
      },
    };
    await expect(bench.work({ ...bench.api, secrets: dying })).rejects.toThrow('killed');
    for (const [accountId, material] of materials)
      expect((await bench.resolve({ accountId })).material).toBe(material);
    await finish();
    expect((await bench.roots()).settled).toBe(250);
    for (const [accountId, material] of materials)
      expect((await bench.resolve({ accountId })).material).toBe(material);
  });

  it('survives connections that are cut while it works', async () => {
    const materials = await bench.keep(await bench.crowd(300));
    await bench.rotate(2);
    const cut = async () => {
      for (let n = 0; n < 5; n += 1)
        await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND usename = 'api' AND state <> 'idle'`.execute(
          cluster.open('owner', 1).kysely,
        );
    };
    await Promise.all([bench.work().catch(() => undefined), cut()]);
    await finish();
    expect((await bench.roots()).settled).toBe(300);
    for (const [accountId, material] of materials)
      expect((await bench.resolve({ accountId })).material).toBe(material);
    expect(await bench.staged('secret-root.settled')).toHaveLength(1);
  });

  it('passes over a secret that does not open, says so, and is finished when that one is replaced', async () => {
    const ada = await bench.account('ada@example.org');
    const { id } = (await bench.put(ada, newMaterial())).body.secret;
    await bench.keep(await bench.crowd(5));
    await owner.kysely.transaction().execute(async (tx) => {
      await sql.raw('ALTER TABLE provider_secrets DISABLE TRIGGER USER').execute(tx);
      await sql`UPDATE provider_secrets SET nonce = ${Buffer.alloc(12)} WHERE id = ${id}`.execute(tx);
      await sql.raw('ALTER TABLE provider_secrets ENABLE TRIGGER USER').execute(tx);
    });
    await bench.rotate(2);
    for (let n = 0; n < 3; n += 1) {
      await bench.work();
      bench.clock.advance(61_000);
    }
    expect(await bench.roots()).toMatchObject({
      total: 6,
      settled: 5,
      roots: [{}, { state: 'leaving', unreadable: 1 }],
    });
    expect(await bench.staged('provider-secret.unreadable')).toMatchObject([
      { secretId: id, during: 'rotation' },
    ]);
    expect(await bench.staged('secret-root.settled')).toEqual([]);
    expect((await bench.retire(1)).status).toBe(409);
    await bench.put(ada, newMaterial());
    await finish();
    expect(await bench.staged('secret-root.settled')).toEqual([{ version: 2, secrets: 6 }]);
    expect((await bench.retire(1)).status).toBe(200);
  });
});

describe('retiring a version', () => {
  it('is refused while a secret uses it, by the database itself, and final afterwards', async () => {
    const ada = await bench.account('ada@example.org');
    await bench.put(ada, newMaterial());
    expect((await bench.retire(1)).status).toBe(409);
    await bench.rotate(2);
    expect(await bench.retire(1)).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining('still use root 1') } },
    });
    for (const { kysely } of [db, owner])
      await expect(
        sql`UPDATE secret_roots SET retired_at = now() WHERE version = 1`.execute(kysely),
      ).rejects.toMatchObject({
        constraint: 'provider_secrets_root_is_in_use',
      });
    // PostgreSQL says that a statement failed before it lets go of its locks; what is locked is passed over until the next round.
    await finish();
    expect(await bench.retire(1)).toMatchObject({
      status: 200,
      body: { state: { roots: [{}, { state: 'retired' }] } },
    });
    expect((await bench.retire(1)).status).toBe(409);
    await expect(
      sql`UPDATE secret_roots SET retired_at = NULL WHERE version = 1`.execute(owner.kysely),
    ).rejects.toMatchObject({ constraint: 'secret_roots_never_come_back' });
    await expect(
      sql
        .raw(
          'ALTER TABLE provider_secrets DISABLE TRIGGER USER; UPDATE provider_secrets SET root_version = 1',
        )
        .execute(owner.kysely),
    ).rejects.toMatchObject({ constraint: 'provider_secrets_root_is_in_use' });
  });
});

describe('configured roots', () => {
  it('take over from derived ones, and an instance that lacks one, or has another, refuses by name', async () => {
    const ada = await bench.account('ada@example.org');
    const material = newMaterial();
    await bench.put(ada, material);
    const ready = await bench.instance({ 2: key(2) });
    expect((await bench.roots(ready)).next).toEqual({ version: 2, available: true });
    expect((await bench.rotate(2, ready)).status).toBe(200);
    await finish(ready);
    expect((await bench.resolve({ accountId: ada.accountId }, ready)).material).toBe(material);
    expect(await bench.rotate(3, ready)).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining('lacks root 3') } },
    });
    // The first instance still derives its version 2: it neither writes nor re-encrypts, and does not start again.
    expect(await bench.put(ada, newMaterial())).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
    });
    await expect(bench.resolve({ accountId: ada.accountId })).rejects.toMatchObject({
      code: 'secret-unreadable',
    });
    await expect(requireRoots(bench.api.secrets)).rejects.toMatchObject({
      code: 'root-unusable',
      message: expect.stringContaining('root 2'),
    });
    await expect(requireRoots(ready.secrets)).resolves.toBeUndefined();
  });
});
