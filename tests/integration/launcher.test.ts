import { lstat, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { processState } from '../../service/db/cluster/postmaster.ts';
import { enrolOperator, mutate, readLedger, readOperatorFile, ServiceBench } from '../fixtures/service.ts';

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

const EXIT = { stopped: 0, usage: 64, cannotUse: 73 };
const modeOf = async (name: string) => ((await stat(join(bench.dataDir, name))).mode & 0o777).toString(8);

/** A shell whose umask takes nothing away, and which becomes the launcher. */
const WIDE_OPEN = ['/bin/sh', '-c', 'umask 000; exec "$@"', 'sh'];

/** Whatever lies in a folder, the folder included, that anybody else may read, write or enter. */
async function openOf(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const found = await Promise.all(
    ['', ...names].map(async (name) => {
      // PostgreSQL makes and removes files all the time.
      const found = await lstat(join(folder, name)).catch(() => null);
      return found && !found.isSymbolicLink() && (found.mode & 0o077) !== 0 ? [name] : [];
    }),
  );
  expect(names.length).toBeGreaterThan(100);
  return found.flat();
}

describe('the launcher', () => {
  it('makes all it needs, prints one ready line on stdout, serves, and stops with nothing left behind', async () => {
    const bench = await ServiceBench.empty();
    onTestFinished(() => bench.close());
    const service = bench.start([], {}, WIDE_OPEN);
    const api = await service.ready();
    expect(JSON.parse(service.stdout)).toEqual({
      ...{ event: 'ready', api, resolver: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) },
    });
    expect(await (await fetch(`${api}/healthz`)).json()).toEqual({ status: 'ok' });
    await vi.waitFor(async () => expect((await fetch(`${api}/readyz`)).status).toBe(200), { timeout: 5000 });
    const processes = [...service.processes(), service.postmaster()];
    expect(processes.length).toBeGreaterThan(4);
    expect(await openOf(bench.dataDir)).toEqual([]);
    const { code, stdout } = await service.stop();
    expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: EXIT.stopped, lines: 1 });
    expect(processes.filter((pid) => processState(pid) === 'alive')).toEqual([]);
    expect((await readdir(bench.dataDir)).sort()).toEqual([
      'enrolment-code',
      'operator.json',
      'postgres',
      'postgres.log',
      'root.key',
    ]);
  });

  it('keeps its secrets in private files, and out of arguments, environments and logs', async () => {
    const service = bench.start();
    const access = await enrolOperator(service);
    const created = await mutate(access, 'keys.create', { label: 'canary' });
    for (const name of ['root.key', 'operator.json']) expect(await modeOf(name)).toBe('600');
    const secrets = [
      (await readFile(join(bench.dataDir, 'root.key'), 'utf8')).trim(),
      access.token,
      String(created.body.secret),
    ];
    for (const pid of service.processes()) {
      const seen =
        (await readFile(`/proc/${pid}/environ`, 'latin1')) +
        (await readFile(`/proc/${pid}/cmdline`, 'latin1'));
      for (const secret of secrets) expect(seen).not.toContain(secret);
    }
    const log = await readFile(join(bench.dataDir, 'postgres.log'), 'utf8');
    await service.stop();
    for (const secret of secrets) expect(service.stderr + log).not.toContain(secret);
  });

  it('keeps data, keys and operators over Ctrl-C and a new start, and the enrolled tool’s file', async () => {
    const first = bench.start();
    const access = await enrolOperator(first);
    await mutate(access, 'keys.create', { label: 'kept' });
    const path = join(bench.dataDir, 'operator.json');
    const key = { publicKey: access.operator.publicKey, privateKey: 'private' };
    await writeFile(
      path,
      JSON.stringify({ ...(await readOperatorFile(bench.dataDir)), enrolmentCode: null, key }),
    );
    const before = await readLedger(access);
    expect(await first.stop('SIGINT')).toMatchObject({ code: EXIT.stopped });

    const second = bench.start();
    const api = await second.ready();
    const file = await readOperatorFile(bench.dataDir);
    expect(file).toMatchObject({ adminToken: access.token, enrolmentCode: null, key, adminOrigin: api });
    const again = { ...access, api, origin: api };
    expect(await mutate(again, 'keys.create', { label: 'again' })).toMatchObject({ status: 201 });
    const after = await readLedger(again);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ number }) => number)).toEqual(after.map((_, i) => i));
  });

  it('serves the admin plane on a port of its own when asked', async () => {
    const service = bench.start(['--admin-port', '0']);
    const api = await service.ready();
    const { adminOrigin, adminToken } = await readOperatorFile(bench.dataDir);
    expect(adminOrigin).not.toBe(api);
    const ask = (origin: string) =>
      fetch(`${origin}/api/keys`, { headers: { authorization: `Bearer ${adminToken}` } });
    expect((await ask(adminOrigin)).status).toBe(200);
    expect((await ask(api)).status).toBe(404);
  });

  it('takes its children with it when it is killed', async () => {
    const killed = bench.start();
    await killed.ready();
    const processes = [...killed.processes(), killed.postmaster()];
    await killed.stop('SIGKILL');
    await vi.waitFor(() => expect(processes.filter((pid) => processState(pid) === 'alive')).toEqual([]), {
      timeout: 15_000,
      interval: 50,
    });
  });
});

describe('the scan plane under a warden, as root starts it', () => {
  const FIXTURE = join(import.meta.dirname, '../fixtures/with-warden.mjs');
  const SOON = { timeout: 20_000, interval: 20 };
  const parentOf = async (pid: number) =>
    Number(/^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
  const answers = (resolver: string) =>
    fetch(`${resolver}/nothing`).then(
      ({ status }) => status === 404,
      () => false,
    );

  it('comes back when it is killed, and is run by nobody else when its warden is gone', async () => {
    const sockets = join(bench.base, 's');
    await mkdir(sockets, { mode: 0o700 });
    const service = bench.start([], {}, [process.execPath, FIXTURE, sockets]);
    const api = await service.ready();
    const { resolver } = JSON.parse(service.stdout) as { resolver: string };
    const first = service.pidOf('resolver');
    const warden = await parentOf(first);
    expect(await readFile(`/proc/${warden}/cmdline`, 'utf8')).toContain('scans-warden.mjs');
    expect(await readdir(sockets)).toContain('.s.PGSQL.5432');
    expect(await answers(resolver)).toBe(true);
    const { adminToken } = await readOperatorFile(bench.dataDir);
    const state = await fetch(`${api}/api/boundaries`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });
    // Here both are one user, and it says so.
    expect(await state.text()).toContain('which the scan plane runs as too');

    process.kill(first, 'SIGKILL');
    await vi.waitUntil(() => processState(first) === 'gone', SOON);
    await vi.waitUntil(() => answers(resolver), SOON);
    const second = service.pidOf('resolver');
    expect(await parentOf(second)).toBe(warden);

    process.kill(warden, 'SIGKILL');
    await vi.waitUntil(() => processState(second) === 'gone', SOON);
    expect(await answers(resolver)).toBe(false);
    expect(() => service.pidOf('resolver')).toThrow('does not run');
    expect((await fetch(`${api}/healthz`)).status).toBe(200);
    expect(await service.stop()).toMatchObject({ code: EXIT.stopped });
  });
});

describe('what the launcher cannot start', () => {
  it('is one whose warden is nobody', async () => {
    const ended = await bench.start(['--scans-warden', '9']).ended;
    expect(ended).toMatchObject({ code: EXIT.usage, stdout: '' });
    expect(ended.stderr).toContain('Nobody runs the scan plane at descriptor 9');
  });

  it('is a second instance: refused with a sentence, and the first serves on', async () => {
    const first = bench.start();
    const api = await first.ready();
    const second = await bench.start().ended;
    expect(second).toMatchObject({ code: EXIT.cannotUse, stdout: '' });
    expect(second.stderr).toContain('Stop it first, or give this one a data directory of its own.');
    expect((await fetch(`${api}/healthz`)).status).toBe(200);
  });

  it('is a taken port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await vi.waitUntil(() => other.listening);
    const { port } = other.address() as { port: number };
    const ended = await bench.start(['--port', String(port)]).ended;
    other.close();
    expect(ended).toMatchObject({ code: EXIT.cannotUse, stdout: '' });
    expect(ended.stderr).toContain(`Port ${port} is in use`);
  });

  it('is a damaged database, and nothing is deleted', async () => {
    await truncate(join(bench.dataDir, 'postgres/global/pg_control'), 10);
    const ended = await bench.start().ended;
    expect(ended.code).toBe(EXIT.cannotUse);
    expect(ended.stderr).toContain('Nothing was deleted');
  });

  it.each([
    ['deleted', (path: string) => rm(path)],
    ['truncated', (path: string) => truncate(path, 5)],
  ])('is a root key that was %s beside a database, and no new one is made', async (_how, spoil) => {
    await spoil(join(bench.dataDir, 'root.key'));
    const before = await readdir(bench.dataDir);
    const ended = await bench.start().ended;
    expect(ended.code).toBe(EXIT.cannotUse);
    expect(ended.stderr).toContain('Restore it from a backup');
    expect(await readdir(bench.dataDir)).toEqual(before);
  });

  it('is production without its secrets, and it makes no file', async () => {
    const bench = await ServiceBench.empty();
    onTestFinished(() => bench.close());
    const ended = await bench.start([], { SALLYPORT_ENV: 'production' }).ended;
    expect(ended).toMatchObject({ code: EXIT.usage, stdout: '' });
    for (const name of ['SALLYPORT_ROOT_KEY', 'ADMIN_API_KEY', 'TRUSTED_PROXIES'])
      expect(ended.stderr).toContain(`In production ${name}`);
    await expect(stat(bench.dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
