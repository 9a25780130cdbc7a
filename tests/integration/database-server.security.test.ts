import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WORKING_ROLES } from '../../service/db/cluster/bootstrap.ts';
import { refuseServed, SERVER_MARKER } from '../../service/db/cluster/server-marker.ts';
import { connectSession } from '../../service/db/cluster/session.ts';
import { readMigrations } from '../../service/db/migrate.ts';
import { runDatabase } from '../../service/db/run-database.ts';
import { runServer, type Server } from '../../service/db/server/run-server.ts';
import { failureOf } from '../../service/process/failure.ts';
import type { DatabaseEndpoint } from '../../shared/service/launch.ts';
import { selfSigned } from '../fixtures/certificate.ts';
import { passwordsOf, TEST_BINARIES, TEST_ROOT } from '../fixtures/cluster-root.ts';
import { DBA, startForeignServer } from '../fixtures/foreign-server.ts';
import { expectNothingLost, startWriter } from '../fixtures/key-writer.ts';
import { enrolOperator, TestService } from '../fixtures/service.ts';
import { verifyLog } from '../fixtures/verify-log.ts';

const server = await startForeignServer();
const running: Server[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(() => server.stop());

const NAME = 'sallyport';
const at = (more: Partial<DatabaseEndpoint> = {}): DatabaseEndpoint => ({
  ...{ host: 'localhost', port: server.port, database: NAME, tls: { ca: server.ca.pem } },
  ...more,
});
const OTHER_ROOT = new Uint8Array(32).fill(8);

let instances = 0;
async function run(endpoint = at(), root = TEST_ROOT, maker: { role: string; password: string } = DBA) {
  const dataDir = join(server.folder, `instance-${instances++}`);
  const one = await runServer({ dataDir, endpoint, maker, passwords: passwordsOf(root) });
  running.push(one);
  return one;
}

const keep = (dataDir: string, root = TEST_ROOT) =>
  runServer({ dataDir, endpoint: at(), maker: DBA, passwords: passwordsOf(root) });

/** As a start does that has lost its DATABASE_URL. */
const runEmbedded = (dataDir: string) =>
  runDatabase({ dataDir, binaries: TEST_BINARIES, passwords: passwordsOf(), log: { warn: () => undefined } });

/** Everything that a start could have changed. */
async function standing(): Promise<unknown> {
  const { rows } = await server.sql(`SELECT
    (SELECT json_agg(r ORDER BY r.oid) FROM pg_authid r) AS roles,
    (SELECT json_agg(m ORDER BY m.oid) FROM pg_auth_members m) AS members,
    (SELECT json_agg(json_build_array(datname, datdba, datacl::text) ORDER BY oid) FROM pg_database) AS databases`);
  return rows;
}

/** Refused, and nothing was changed. */
async function expectRefused(attempt: () => Promise<unknown>, code: string, message: RegExp) {
  const before = await standing();
  await expect(attempt()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect(await standing()).toEqual(before);
}

/** For the length of one test. */
async function spoiled(by: string, mended: string): Promise<void> {
  onTestFinished(async () => void (await server.sql(mended)));
  await server.sql(by);
}

describe('a server with nothing of ours on it', () => {
  it('is refused while a role of somebody else has one of our names', async () => {
    await spoiled('CREATE ROLE reader', 'DROP ROLE reader');
    await expectRefused(() => run(), 'settings-invalid', /the role reader of somebody else/);
  });

  it('is refused while the database belongs to somebody else', async () => {
    await server.sql("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    const attempt = () => run(at({ database: 'latin' }));
    await expectRefused(attempt, 'settings-invalid', /database latin that the role root owns/);
  });

  it('is refused when it may lose what it acknowledged, and on an embedded database’s folder', async () => {
    await spoiled(
      `ALTER ROLE ${DBA.role} SET synchronous_commit = off`,
      `ALTER ROLE ${DBA.role} RESET synchronous_commit`,
    );
    await expectRefused(() => run(), 'settings-invalid', /synchronous_commit off/);
    const dataDir = join(server.folder, 'embedded');
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await expectRefused(() => keep(dataDir), 'settings-invalid', /database of its own/);
  });

  it.each(['fsync', 'full_page_writes'])('is refused when its DBA runs it with %s off', async (name) => {
    const set = async (to: 'on' | 'off') => {
      await server.sql(`ALTER SYSTEM SET ${name} = ${to}`);
      await server.sql('SELECT pg_reload_conf()');
      await vi.waitFor(
        async () => expect((await server.sql(`SHOW ${name}`)).rows).toEqual([{ [name]: to }]),
        { timeout: 10_000, interval: 20 },
      );
    };
    onTestFinished(() => set('on'));
    await set('off');
    await expectRefused(() => run(), 'settings-invalid', new RegExp(`has ${name} off for the role dba`));
  });

  it('is refused while it is a standby, and looked at again when it is none', async () => {
    const become = (standby: boolean) =>
      server.restart((data) => {
        const signal = join(data, 'standby.signal');
        return standby ? writeFile(signal, '') : rm(signal, { force: true });
      });
    onTestFinished(() => become(false));
    await become(true);
    await expectRefused(() => run(), 'database-unreachable', /is a standby, which takes no writes/);
  });

  it('is refused with a role that may make nothing, and with a wrong password', async () => {
    await spoiled("CREATE ROLE guest LOGIN PASSWORD 'guest'", 'DROP ROLE guest');
    const guest = { role: 'guest', password: 'guest' };
    await expectRefused(() => run(at(), TEST_ROOT, guest), 'settings-invalid', /ALTER ROLE guest CREATEROLE/);
    const wrong = { ...DBA, password: 'wrong' };
    await expectRefused(
      () => run(at(), TEST_ROOT, wrong),
      'settings-invalid',
      /does not let the role dba in/,
    );
  });

  it('is not spoken to when nobody vouches for it, or its certificate is for another host', async () => {
    const stranger = at({ tls: { ca: selfSigned('localhost').cert } });
    await expectRefused(() => run(stranger), 'settings-invalid', /cannot be trusted/);
    await expectRefused(() => run(at({ tls: { ca: null } })), 'settings-invalid', /cannot be trusted/);
    await expectRefused(() => run(at({ host: '127.0.0.1' })), 'settings-invalid', /cannot be trusted/);
    await expect(connectSession(at({ host: '127.0.0.1' }), DBA, 5000)).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    // No TLS is offered on a socket: it is not spoken to in plain text instead.
    await expectRefused(() => run(at({ host: server.folder })), 'settings-invalid', /cannot be trusted/);
  });

  it('is set up once by starters that come at once, and no password is in its log', async () => {
    await Promise.all([run(), run(), run()]);
    const roles = await server.sql(
      `SELECT rolname FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' AND rolname NOT IN ('root', '${DBA.role}')`,
    );
    expect(roles.rows.map(({ rolname }) => rolname).sort()).toEqual([...WORKING_ROLES].sort());
    const applied = await server.sql('SELECT count(*)::int AS count FROM schema_migrations', NAME);
    expect(applied.rows).toEqual([{ count: readMigrations().length }]);
    const { rows } =
      await server.sql(`SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datlocale,
      has_database_privilege('${DBA.role}', oid, 'CONNECT') AS maker, pg_has_role('${DBA.role}', 'migrator', 'SET') AS becomes
      FROM pg_database WHERE datname = '${NAME}'`);
    expect(rows).toEqual([
      { encoding: 'UTF8', datcollate: 'C', datlocale: 'C.UTF-8', maker: false, becomes: false },
    ]);
    expect(server.log()).toMatch(/CREATE ROLE "?migrator/);
    for (const password of Object.values(passwordsOf())) expect(server.log()).not.toContain(password);
  });
});

describe('a server that is ours', () => {
  it('refuses another root key, and stays as it is', async () => {
    await expectRefused(
      () => run(at(), OTHER_ROOT),
      'data-dir-foreign-key',
      /another root key.*SALLYPORT_ROOT_KEY/,
    );
  });

  it('is refused when one of its roles is told of commits that a crash undoes', async () => {
    await spoiled('ALTER ROLE api SET synchronous_commit = off', 'ALTER ROLE api RESET synchronous_commit');
    await expectRefused(() => run(), 'settings-invalid', /synchronous_commit off for the role api/);
  });

  it('is refused when it asks nobody for a password: any root key would do', async () => {
    const { tls: _, ...plain } = at({ host: server.folder });
    await run(plain);
    onTestFinished(await server.trustSockets());
    await expectRefused(
      () => run(plain, OTHER_ROOT),
      'settings-invalid',
      /lets the role migrator in by trust/,
    );
  });

  it('is refused when it asks one of them for none, also of a database that was not there before', async () => {
    const { tls: _, ...plain } = at({ host: server.folder, database: 'second' });
    onTestFinished(await server.trustSockets('api'));
    await expect(run(plain)).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringContaining('lets the role api in by trust'),
    });
  });

  it('is refused with a database that sorts otherwise', async () => {
    await server.sql('ALTER DATABASE latin OWNER TO migrator');
    await expectRefused(
      () => run(at({ database: 'latin' })),
      'settings-invalid',
      /not UTF8 or whose collation/,
    );
  });

  it('has one keeper for each data directory, which keeps it from an embedded database afterwards', async () => {
    const dataDir = join(server.folder, 'kept');
    const first = await keep(dataDir);
    onTestFinished(() => first.stop());
    await expect(keep(dataDir)).rejects.toMatchObject({ code: 'data-dir-in-use' });
    await first.stop();
    await (await keep(dataDir)).stop();

    const file = join(dataDir, SERVER_MARKER);
    expect(await readFile(file, 'utf8')).toBe(`host=localhost\nport=${server.port}\ndatabase=${NAME}\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(runEmbedded(dataDir)).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringContaining('remove that file to begin'),
    });
    expect(await readdir(dataDir)).not.toContain('postgres');
    await rm(file);
    await expect(refuseServed(dataDir)).resolves.toBeUndefined();
  });

  it('marks a data directory before it writes there, and not for one that refuses', async () => {
    const dataDir = join(server.folder, 'marked');
    await expect(keep(dataDir, OTHER_ROOT)).rejects.toMatchObject({ code: 'data-dir-foreign-key' });
    expect(await readdir(dataDir)).not.toContain(SERVER_MARKER);

    const session = await connectSession(at(), { role: 'migrator', password: passwordsOf().migrator }, 5000);
    onTestFinished(() => session.end());
    await session.query('BEGIN; LOCK TABLE schema_migrations');
    const starting = keep(dataDir);
    await vi.waitFor(() => stat(join(dataDir, SERVER_MARKER)), { timeout: 10_000, interval: 20 });
    await expect(runEmbedded(dataDir)).rejects.toMatchObject({ code: 'data-dir-in-use' });
    expect(await readdir(dataDir)).not.toContain('postgres');
    await session.query('ROLLBACK');
    await (await starting).stop();
  });

  it('is refused by the name of what is wrong with its schema, which trying again would not mend', async () => {
    onTestFinished(
      async () => void (await server.sql('DELETE FROM schema_migrations WHERE number = 9999', NAME)),
    );
    await server.sql(
      "INSERT INTO schema_migrations (number, name, checksum) VALUES (9999, 'later', '')",
      NAME,
    );
    const failure = await run().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'MigrationError', code: 'newer' });
    expect(failureOf(failure)).toMatchObject({
      code: 'migration-failed',
      message: expect.stringContaining('migration 9999'),
    });
  });

  it('is lost when its session ends, and needs its DBA’s rights no more', async () => {
    await spoiled(
      `ALTER ROLE ${DBA.role} NOCREATEROLE NOCREATEDB`,
      `ALTER ROLE ${DBA.role} CREATEROLE CREATEDB`,
    );
    const { lost } = await run();
    await server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'migrator'");
    expect(await lost).toMatchObject({ code: 'database-unreachable' });
  });

  it('carries two launchers with one root key as instances of one service, and one of them alone', async () => {
    const env = {
      DATABASE_URL: server.url(NAME),
      SALLYPORT_DATABASE_CA: server.ca.file,
      SALLYPORT_ROOT_KEY: Buffer.from(TEST_ROOT).toString('base64url'),
      ADMIN_API_KEY: 'k'.repeat(43),
    };
    const start = (name: string) => {
      const service = new TestService(join(server.folder, name), [], env);
      onTestFinished(async () => void (await service.stop()));
      return service;
    };
    const one = start('one');
    const first = await enrolOperator(one);
    const two = start('two');
    const second = { ...first, api: await two.ready() };
    const writer = startWriter(first);
    await writer.until(10);
    await writer.stop();
    expect(await expectNothingLost(second, writer.acknowledged)).toBeGreaterThan(10);

    const gone = one.processes();
    one.child.kill('SIGKILL');
    await one.ended;
    expect(gone.length).toBeGreaterThan(3);
    const later = startWriter({ ...second, origin: second.api });
    await later.until(5);
    await later.stop();
    await expectNothingLost(second, [...writer.acknowledged, ...later.acknowledged]);
    expect(await verifyLog(second, server.folder)).toMatchObject({ code: 0 });
    for (const text of [two.stderr, one.stderr]) expect(text).not.toContain(DBA.password);
    const { rows } = await server.sql(
      "SELECT bool_and(ssl) AS ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename <> 'root'",
    );
    expect(rows).toEqual([{ ssl: true }]);
  });
});
