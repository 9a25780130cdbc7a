import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLog } from '../../service/app/open-log.ts';
import { type RunningApi, serveApi } from '../../service/app/serve-api.ts';
import { type ApiSettings, apiSettings } from '../../shared/service/launch.ts';
import { startTestCluster } from '../fixtures/cluster.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());

let dir: string;
const running: RunningApi[] = [];

beforeEach(async () => {
  await cluster.reset();
  dir = await mkdtemp(join(tmpdir(), 'sallyport-serve-'));
});
afterEach(async () => {
  for (const api of running.splice(0)) await api.stop();
  await rm(dir, { recursive: true, force: true });
});

const socketPath = () => join(dir, 'run', 'admin.sock');
const settingsOf = (change: Partial<ApiSettings> = {}): ApiSettings => ({
  ...apiSettings.parse({
    process: 'api',
    mode: 'bundled',
    environment: 'production',
    version: '1.2.3',
    database: cluster.endpoint,
    dataDir: dir,
    api: { host: '127.0.0.1', port: 0 },
    admin: { socket: socketPath(), origin: 'https://admin.sallyport' },
  }),
  ...change,
});

async function start(change: Partial<ApiSettings> = {}): Promise<RunningApi> {
  const clock = { now: () => new Date(), monotonic: () => performance.now() };
  const log = pino({ level: 'silent' });
  const api = await serveApi({
    settings: settingsOf(change),
    keys: cluster.keys,
    clock,
    log,
    openLedger: (db) => openLog({ db, settings: settingsOf(change), keys: cluster.keys, clock, log }),
  });
  running.push(api);
  return api;
}

const newToken = () => {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: createHash('sha256').update(token).digest('hex') };
};

/** A GET on the admin socket; resolves with the answer, whose body is still to be read. */
const overSocket = (path: string, token: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    request({ socketPath: socketPath(), path, headers, agent: false }, resolve).once('error', reject).end();
  });

describe('the bundled API', () => {
  it('serves the public plane on loopback and the admin plane on its socket only', async () => {
    const api = await start();
    const { token, hash } = newToken();
    api.setAdminTokens([hash]);
    expect(api).toMatchObject({ adminOrigin: 'https://admin.sallyport', adminSocket: socketPath() });
    expect((await fetch(`${api.apiUrl}/healthz`)).status).toBe(200);
    const authorization = `Bearer ${token}`;
    expect((await fetch(`${api.apiUrl}/api/keys`, { headers: { authorization } })).status).toBe(404);
    expect((await overSocket('/api/keys', token)).statusCode).toBe(200);
    expect((await overSocket('/healthz', token)).statusCode).toBe(404);
    expect((await stat(socketPath())).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, 'run'))).mode & 0o777).toBe(0o700);
  });

  it('tells the ledger that it started', async () => {
    await start();
    const entry = await cluster
      .open('api', 1)
      .kysely.selectFrom('ledger_staged')
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(entry).toMatchObject({ kind: 'service.started', actor_type: 'system' });
    expect(JSON.parse(entry.data)).toEqual({ version: '1.2.3', mode: 'bundled', signatures: 'required' });
  });

  it('accepts no admin token before it is told one', async () => {
    await start();
    expect((await overSocket('/api/keys', newToken().token)).statusCode).toBe(401);
  });

  it('closes the streams of a token that is withdrawn, within a second, and no others', async () => {
    const api = await start();
    const [old, kept] = [newToken(), newToken()];
    api.setAdminTokens([old.hash, kept.hash]);
    const stream = await overSocket('/api/events/stream', old.token);
    const other = await overSocket('/api/events/stream', kept.token);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    await once(stream, 'data');
    const closed = once(stream.resume(), 'end');
    const started = performance.now();
    api.setAdminTokens([kept.hash]);
    await closed;
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(other.resume().readableEnded).toBe(false);
    expect((await overSocket('/api/events/stream', old.token)).statusCode).toBe(401);
    other.destroy();
  });

  it('stops at once although a stream is open, and leaves no socket', async () => {
    const api = await start();
    const { token, hash } = newToken();
    api.setAdminTokens([hash]);
    const ended = once((await overSocket('/api/events/stream', token)).resume(), 'end');
    await running.pop()?.stop();
    await ended;
    await expect(stat(socketPath())).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a start that cannot be', () => {
  const failure = (change: Partial<ApiSettings>) =>
    start(change).then(
      () => 'started',
      (error: { code: string; message: string }) => error.code,
    );

  it('says that its port is taken', async () => {
    const api = await start();
    const port = Number(new URL(api.apiUrl).port);
    expect(await failure({ api: { host: '127.0.0.1', port }, admin: null })).toBe('port-taken');
  });

  it('says that another instance answers on the socket, and leaves it alone', async () => {
    const api = await start();
    const { token, hash } = newToken();
    api.setAdminTokens([hash]);
    expect(await failure({})).toBe('port-taken');
    expect((await overSocket('/api/keys', token)).statusCode).toBe(200);
  });

  it('says that the folder of the socket is open to others', async () => {
    await mkdir(join(dir, 'run'));
    await chmod(join(dir, 'run'), 0o755);
    expect(await failure({})).toBe('settings-invalid');
  });

  it('says that a socket path is too long, a proxy is no address, the database is away', async () => {
    const admin = { socket: join(dir, 'x'.repeat(120), 's'), origin: 'https://a.b' };
    expect(await failure({ admin })).toBe('settings-invalid');
    expect(await failure({ trustedProxies: ['proxy.internal'] })).toBe('settings-invalid');
    expect(await failure({ database: { ...cluster.endpoint, host: dir } })).toBe('database-unreachable');
  });

  it('takes over a socket that a crash left behind', async () => {
    await mkdir(join(dir, 'run'), { mode: 0o700 });
    const script = `require('net').createServer().listen(process.argv[1], () => console.log('up'))`;
    const crashed = spawn(process.execPath, ['-e', script, socketPath()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(crashed.stdout, 'data');
    crashed.kill('SIGKILL');
    await once(crashed, 'exit');
    expect((await stat(socketPath())).isSocket()).toBe(true);
    const api = await start();
    const { token, hash } = newToken();
    api.setAdminTokens([hash]);
    expect((await overSocket('/api/keys', token)).statusCode).toBe(200);
  });

  it('never removes a file that is no socket', async () => {
    await mkdir(join(dir, 'run'), { mode: 0o700 });
    await writeFile(socketPath(), 'somebody’s work');
    expect(await failure({})).toBe('settings-invalid');
    expect((await stat(socketPath())).isFile()).toBe(true);
  });
});

it('says that the enrolment code cannot be written', async () => {
  await writeFile(join(dir, 'file'), '');
  await expect(start({ dataDir: join(dir, 'file') })).rejects.toMatchObject({ code: 'data-dir-unwritable' });
});

describe('readiness', () => {
  it('is 200 while entries get their numbers, and 503 with Retry-After when they wait too long', async () => {
    const api = await start();
    const ready = () => fetch(`${api.apiUrl}/readyz`);
    expect((await ready()).status).toBe(200);
    const late = new Date(Date.now() - 6_000);
    await cluster
      .open('migrator', 1)
      .kysely.updateTable('ledger_staged')
      .set({ at: late } as never)
      .execute();
    const answer = await vi.waitUntil(async () => {
      const response = await ready();
      return response.status === 503 && response;
    });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({
      status: 'unavailable',
      checks: [{ ok: true }, { name: 'integration', ok: false }, { name: 'spending', ok: true }],
    });
  });
});
