import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bootstrapRoles, rolesAreComplete } from '../../service/db/cluster/bootstrap.ts';
import { startCluster } from '../../service/db/cluster/cluster.ts';
import { layoutOf } from '../../service/db/cluster/layout.ts';
import { processState } from '../../service/db/cluster/postmaster.ts';
import { connectSession } from '../../service/db/cluster/session.ts';
import { openDatabase } from '../../service/db/database.ts';
import { ClusterBench } from '../fixtures/cluster-bench.ts';
import { passwordsOf, TEST_BINARIES } from '../fixtures/cluster-root.ts';

let bench: ClusterBench;
let dataDir: string;

beforeAll(async () => {
  bench = await ClusterBench.open();
});
beforeEach(async () => {
  dataDir = await bench.fresh();
});
afterEach(() => bench.clear());
afterAll(() => bench.close());

const start = () => bench.start();
const stopped = () => bench.stopped();
const stopAll = () => bench.stopAll();
const options = () => bench.options();

const modes = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** A postmaster whose starter was killed: started by a process of its own that leaves at once. */
async function orphanPostmaster(): Promise<number> {
  const { cluster, sockets } = layoutOf(dataDir);
  await mkdir(sockets, { recursive: true, mode: 0o700 });
  const postgres = join(TEST_BINARIES, 'bin/postgres');
  const args = ['-D', cluster, '-c', 'listen_addresses=', '-c', `unix_socket_directories=${sockets}`];
  const script = `
    const child = require('node:child_process').spawn(${JSON.stringify(postgres)}, ${JSON.stringify(args)},
      { detached: true, stdio: 'ignore' });
    child.unref();
    process.stdout.write(String(child.pid));`;
  const starter = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let pid = '';
  starter.stdout.on('data', (data: Buffer) => {
    pid += data.toString();
  });
  await once(starter, 'close');
  return Number(pid);
}

describe('a fresh data directory', () => {
  it('is made, is private under any umask and holds no password file', async () => {
    const umask = process.umask(0);
    try {
      await start();
    } finally {
      process.umask(umask);
    }
    expect(await modes(dataDir)).toBe('700');
    expect(await modes(join(dataDir, 'postgres'))).toBe('700');
    expect(await modes(join(dataDir, 'run'))).toBe('700');
    expect(await modes(join(dataDir, 'postgres.log'))).toBe('600');
    expect(await modes(join(dataDir, 'postgres/postmaster.pid'))).toBe('600');
    expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.log', 'run']);
  });

  it('listens on its socket only', async () => {
    await stopped();
    const cluster = await start();
    const sockets = await readFile(`/proc/${cluster.pid}/net/unix`, 'utf8');
    expect(sockets).toContain(join(dataDir, 'run/.s.PGSQL.5432'));
    const file = (await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n');
    expect(file[5]).toBe('');
  });

  it('serves from a short private folder when the path of a socket would be too long', async () => {
    dataDir = join(bench.base, 'x'.repeat(90), 'data');
    bench.dataDir = dataDir;
    await mkdir(join(dataDir, '..'), { recursive: true });
    const cluster = await start();
    expect(cluster.endpoint.host.startsWith(dataDir)).toBe(false);
    expect(await modes(cluster.endpoint.host)).toBe('700');
    await stopAll();
    await expect(stat(cluster.endpoint.host)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('leaves no process and no socket behind when it stops', async () => {
    await stopped();
    const cluster = await start();
    await stopAll();
    expect(processState(cluster.pid)).toBe('gone');
    expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.log']);
  });

  it('recovers from a crash in the middle of its creation', async () => {
    await mkdir(join(dataDir, 'postgres.init-999999999-aB3x/cluster/base'), { recursive: true });
    await writeFile(join(dataDir, 'postgres.init-999999999-aB3x/password'), 'left behind');
    await start();
    expect(await readdir(dataDir)).not.toContain('postgres.init-999999999-aB3x');
  });

  it('recovers from a crash after its creation and before its roles', async () => {
    await stopped();
    await orphanPostmaster();
    const owner = openDatabase({
      endpoint: { host: layoutOf(dataDir).sockets, port: 5432, database: 'postgres' },
      role: 'owner',
      password: passwordsOf().owner,
      poolSize: 1,
    });
    await vi.waitFor(() => sql`DROP DATABASE sallyport`.execute(owner.kysely), { timeout: 5000 });
    await sql`DROP ROLE api, integrator, reader, migrator`.execute(owner.kysely);
    await owner.close();
    expect((await start()).adopted).toBe(true);
  });
});

describe('a cluster of an earlier version', () => {
  it('closes to the scan plane what PostgreSQL opens to every role', async () => {
    await stopped();
    const { endpoint } = await start();
    const owner = await connectSession(endpoint, { role: 'owner', password: passwordsOf().owner }, 5000);
    const open = async (role: string) => {
      const { rows } = await owner.query(
        `SELECT has_function_privilege($1, 'pg_advisory_lock(bigint)', 'EXECUTE') AS locks,
          has_function_privilege($1, 'lo_create(oid)', 'EXECUTE') AS objects`,
        [role],
      );
      return rows[0];
    };
    await owner.query('GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint), lo_create(oid) TO PUBLIC');
    expect(await open('resolver')).toEqual({ locks: true, objects: true });
    await bootstrapRoles(endpoint, passwordsOf(), dataDir);
    expect(await open('resolver')).toEqual({ locks: false, objects: false });
    expect(await open('api')).toEqual({ locks: true, objects: false });
    await owner.query('GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint) TO PUBLIC');
    expect(await rolesAreComplete(owner)).toBe(false);
    await owner.end();
    // The next start sees it by itself.
    await stopAll();
    await start();
    const again = await connectSession(
      endpoint,
      { role: 'migrator', password: passwordsOf().migrator },
      5000,
    );
    expect(await rolesAreComplete(again)).toBe(true);
    await again.end();
  });
});

describe('a second process on one data directory', () => {
  it('is refused within 2 s and the first serves on', async () => {
    await stopped();
    const first = await start();
    const begun = performance.now();
    await expect(start()).rejects.toMatchObject({ code: 'data-dir-in-use' });
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(processState(first.pid)).toBe('alive');
  });

  it('loses every race with exactly one winner', async () => {
    for (let round = 0; round < 3; round += 1) {
      const outcomes = await Promise.allSettled([
        startCluster(options()),
        startCluster(options()),
        startCluster(options()),
      ]);
      const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      const codes = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason.code] : [],
      );
      bench.adopt(winners);
      expect(winners).toHaveLength(1);
      expect(codes).toEqual(['data-dir-in-use', 'data-dir-in-use']);
      expect(processState(winners[0]?.pid ?? 0)).toBe('alive');
      await stopAll();
    }
  });

  it('is refused while the first one hangs', async () => {
    await stopped();
    const first = await start();
    process.kill(first.pid, 'SIGSTOP');
    try {
      const begun = performance.now();
      await expect(start()).rejects.toMatchObject({ code: 'data-dir-in-use' });
      expect(performance.now() - begun).toBeLessThan(2000);
    } finally {
      process.kill(first.pid, 'SIGCONT');
    }
  });
});

describe('an orphaned postmaster', () => {
  it('is adopted while it answers, and stopped with its new keeper', async () => {
    await stopped();
    const pid = await orphanPostmaster();
    await vi.waitFor(() => readFile(join(dataDir, 'postgres/postmaster.pid')));
    const cluster = await start();
    expect(cluster).toMatchObject({ adopted: true, pid });
    await stopAll();
    expect(processState(pid)).toBe('gone');
  });

  it('is replaced when it hangs', async () => {
    await stopped();
    const pid = await orphanPostmaster();
    await vi.waitFor(() => readFile(join(dataDir, 'run/.s.PGSQL.5432.lock')));
    process.kill(pid, 'SIGSTOP');
    const cluster = await start();
    expect(cluster.adopted).toBe(false);
    expect(cluster.pid).not.toBe(pid);
    expect(processState(pid)).toBe('gone');
  });

  it('is replaced when it does not listen for the scan plane, where it now has to', async () => {
    await stopped();
    const pid = await orphanPostmaster();
    await vi.waitFor(() => readFile(join(dataDir, 'postgres/postmaster.pid')));
    const scanSockets = join(bench.base, 'scans');
    await mkdir(scanSockets, { mode: 0o700 });
    const cluster = await startCluster({ ...options(), scanSockets });
    bench.adopt([cluster]);
    expect(cluster).toMatchObject({ adopted: false, endpoint: { host: join(dataDir, 'run') } });
    expect(processState(pid)).toBe('gone');
    // Folders decide who reaches which socket: the second one is its group's as well.
    expect(await modes(join(scanSockets, '.s.PGSQL.5432'))).toBe('660');
    const endpoint = { ...cluster.endpoint, host: scanSockets };
    const password = passwordsOf().resolver;
    const db = openDatabase({ endpoint, role: 'resolver', password, poolSize: 1 });
    await expect(sql`SELECT 1`.execute(db.kysely)).resolves.toBeTruthy();
    await db.close();
  });

  it('does not keep the cluster down when only its empty pid file is left', async () => {
    await stopped();
    const path = join(dataDir, 'postgres/postmaster.pid');
    await writeFile(path, '', { mode: 0o600 });
    await utimes(path, 1, 1);
    expect((await start()).adopted).toBe(false);
  });

  it('is not confused with a stranger that got its pid', async () => {
    await stopped();
    const stranger: ChildProcess = spawn('sleep', ['60']);
    const file = [
      stranger.pid,
      join(dataDir, 'postgres'),
      1,
      5432,
      join(dataDir, 'run'),
      '',
      '',
      'ready',
      '',
    ];
    await writeFile(join(dataDir, 'postgres/postmaster.pid'), file.join('\n'), { mode: 0o600 });
    const cluster = await start();
    expect(cluster.adopted).toBe(false);
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });
});

describe('a cluster that is killed', () => {
  it('is reported as lost and starts again', async () => {
    await stopped();
    const first = await start();
    process.kill(first.pid, 'SIGKILL');
    await expect(first.lost).resolves.toMatchObject({ code: 'database-unreachable' });
    const second = await start();
    expect(second.pid).not.toBe(first.pid);
  });

  it('keeps its lock through the crash of one backend', async () => {
    await stopped();
    const cluster = await start();
    const children = await readFile(`/proc/${cluster.pid}/task/${cluster.pid}/children`, 'utf8');
    const backends: number[] = [];
    for (const pid of children.trim().split(' ').map(Number)) {
      if ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('migrator')) backends.push(pid);
    }
    expect(backends).toHaveLength(1);
    process.kill(backends[0] ?? 0, 'SIGKILL');
    const owner = openDatabase({
      ...{ endpoint: cluster.endpoint, role: 'owner', password: passwordsOf().owner, poolSize: 1 },
    });
    const holders = sql`SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> ${backends[0]}`;
    const again = async () => expect((await holders.execute(owner.kysely)).rows).toHaveLength(1);
    await vi.waitFor(again, { timeout: 10_000, interval: 20 });
    await owner.close();
    await expect(startCluster(options())).rejects.toMatchObject({ code: 'data-dir-in-use' });
  });
});
