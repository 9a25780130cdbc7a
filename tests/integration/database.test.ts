import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase, pingDatabase, transact } from '../../service/db/database.ts';
import { isRefusedBy } from '../../service/db/database-error.ts';
import { migrate, readMigrations } from '../../service/db/migrate.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';

let cluster: TestCluster;
let db: Database;
beforeAll(async () => {
  cluster = await startTestCluster({ own: 'it reads the log and kills a backend' });
  db = cluster.open('migrator');
  await sql`CREATE TABLE t (id int CONSTRAINT t_once PRIMARY KEY, n int NOT NULL)`.execute(db.kysely);
});
afterAll(() => cluster.stop());

const clear = () => sql`DELETE FROM t`.execute(db.kysely);

describe('a transaction', () => {
  it('is repeated as a whole after a serialization failure', async () => {
    await clear();
    await sql`INSERT INTO t VALUES (1, 0)`.execute(db.kysely);
    const increment = () =>
      transact(
        db,
        async (tx) => {
          const { rows } = await sql<{ n: number }>`SELECT n FROM t WHERE id = 1`.execute(tx);
          await sql`UPDATE t SET n = ${(rows[0]?.n ?? 0) + 1} WHERE id = 1`.execute(tx);
        },
        { isolation: 'repeatable read' },
      );
    await Promise.all([increment(), increment(), increment()]);
    const { rows } = await sql<{ n: number }>`SELECT n FROM t`.execute(db.kysely);
    expect(rows).toEqual([{ n: 3 }]);
  });

  it('is not repeated after any other failure, and names the constraint', async () => {
    await clear();
    const work = vi.fn(async (tx) => {
      await sql`INSERT INTO t VALUES (1, 0), (1, 0)`.execute(tx);
    });
    const error: unknown = await transact(db, work).catch((caught: unknown) => caught);
    expect(work).toHaveBeenCalledOnce();
    expect(isRefusedBy(error, 't_once')).toBe(true);
    expect(isRefusedBy(error, 'other')).toBe(false);
    expect((error as Error).message).not.toContain('(1');
  });

  it('whose failure was swallowed does not pass for committed', async () => {
    await clear();
    const swallowing = transact(db, async (tx) => {
      await sql`INSERT INTO t VALUES (1, 0)`.execute(tx);
      await sql`INSERT INTO t VALUES (1, 0)`.execute(tx).catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ code: 'rejected' });
  });

  it('cannot write when it is read-only', async () => {
    const writing = transact(db, (tx) => sql`DELETE FROM t`.execute(tx), { readOnly: true });
    await expect(writing).rejects.toMatchObject({ name: 'DatabaseError' });
  });
});

describe('a statement', () => {
  it('that takes too long is cancelled, and its connection is usable again', async () => {
    const one = cluster.open('api', 1);
    const begun = performance.now();
    await expect(sql`SELECT pg_sleep(60)`.execute(one.kysely)).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - begun).toBeLessThan(5000);
    await pingDatabase(one);
  });

  it('is counted, and so is its failure', async () => {
    const one = cluster.open('api', 1);
    await pingDatabase(one);
    await sql`SELECT nonsense`.execute(one.kysely).catch(() => undefined);
    expect(one.stats()).toMatchObject({
      queries: 2,
      errors: 1,
      total: 1,
      idle: 1,
      waiting: 0,
      recent: { queries: 2, errors: 1, p50: expect.any(Number), p95: expect.any(Number) },
    });
  });

  it('leaves no value of a row in the log of the server', async () => {
    await sql`INSERT INTO t VALUES (424242, NULL)`.execute(db.kysely).catch(() => undefined);
    await sql
      .raw(`SELECT 'canary-31337'::int`)
      .execute(db.kysely)
      .catch(() => undefined);
    const log = await readFile(join(cluster.dataDir, 'postgres.log'), 'utf8');
    expect(log).toContain('ERROR');
    expect(log).not.toContain('424242');
  });
});

describe('a connection', () => {
  it('that is lost is replaced, and its transaction is not reported as done', async () => {
    const one = cluster.open('api', 1);
    const cut = transact(one, async (tx) => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx);
      process.kill(rows[0]?.pid ?? 0, 'SIGTERM');
      await vi.waitFor(() => expect(() => process.kill(rows[0]?.pid ?? 0, 0)).toThrow(), { timeout: 5000 });
      await sql`SELECT 1`.execute(tx);
    });
    await expect(cut).rejects.toMatchObject({ code: 'unavailable' });
    await pingDatabase(one);
  });

  it('to a database that is not there fails at once as unavailable', async () => {
    const nowhere = openDatabase({
      endpoint: { ...cluster.endpoint, host: '/nonexistent' },
      role: 'api',
      password: cluster.password('api'),
      poolSize: 1,
    });
    await expect(pingDatabase(nowhere)).rejects.toMatchObject({ code: 'unavailable' });
    await nowhere.close();
  });

  it('that listens comes back by itself and says that it may have missed something', async () => {
    const heard: string[] = [];
    const stop = await db.listen('news', (payload) => heard.push(payload));
    await sql`SELECT pg_notify('news', 'first')`.execute(db.kysely);
    await vi.waitFor(() => expect(heard).toEqual(['first']));
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`.execute(
      db.kysely,
    );
    await vi.waitFor(() => expect(heard).toEqual(['first', '']), { timeout: 5000 });
    await sql`SELECT pg_notify('news', 'second')`.execute(db.kysely);
    await vi.waitFor(() => expect(heard).toEqual(['first', '', 'second']));
    await stop();
    await sql`SELECT pg_notify('news', 'third')`.execute(db.kysely);
    await pingDatabase(db);
    expect(heard).toHaveLength(3);
  });
});

describe('migrations', () => {
  const session = async () => {
    const client = new pg.Client({
      ...cluster.endpoint,
      user: 'migrator',
      password: cluster.password('migrator'),
    });
    await client.connect();
    return client;
  };
  const withSession = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = await session();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const numbered = (text: string) => readMigrations({ './migrations/9000_extra.sql': text });
  const all = () => readMigrations();

  it('that are applied are not applied again, also by two starters at once', async () => {
    const counts = await Promise.all([
      withSession((one) => migrate(one)),
      withSession((two) => migrate(two)),
    ]);
    expect(counts).toEqual([0, 0]);
  });

  it('are refused when one was altered after it was applied', async () => {
    const altered = all().map((one, i) => (i === 0 ? { ...one, checksum: '0'.repeat(64) } : one));
    await expect(withSession((one) => migrate(one, altered))).rejects.toMatchObject({ code: 'altered' });
  });

  it('are refused when the database knows one that we do not', async () => {
    await expect(withSession((one) => migrate(one, all().slice(1)))).rejects.toMatchObject({ code: 'newer' });
  });

  it('that fail leave nothing of themselves', async () => {
    const failing = [...all(), ...numbered('CREATE TABLE half (x int); SELECT nonsense;')];
    await expect(withSession((one) => migrate(one, failing))).rejects.toMatchObject({ code: 'failed' });
    const { rows } = await sql`SELECT 1 FROM pg_tables WHERE tablename = 'half'`.execute(db.kysely);
    expect(rows).toEqual([]);
  });

  it('have one number each, and the same checksum under any line end', () => {
    const twice = () => readMigrations({ './a/0001_a.sql': '', './b/0001_b.sql': '' });
    expect(twice).toThrow(expect.objectContaining({ code: 'failed' }));
    expect(() => readMigrations({ './first.sql': '' })).toThrow(expect.objectContaining({ code: 'failed' }));
    expect(numbered('a\r\nb')[0]?.checksum).toBe(numbered('a\nb')[0]?.checksum);
  });
});
