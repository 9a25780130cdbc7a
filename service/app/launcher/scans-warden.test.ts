import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { needsAPerson } from '../../../shared/service/backoff.ts';
import type { FromProcess, KeysOf } from '../../../shared/service/launch.ts';
import type { Child } from '../../../shared/service/process-runner.ts';
import { processState } from '../../db/cluster/postmaster.ts';
import { meetWarden, openScansWarden, type ScansWarden } from './scans-warden.ts';

const WARDEN = resolve(import.meta.dirname, '../../../build/session/scans-warden.mjs');
const KEYS = { process: 'resolver', password: 'p'.repeat(43) } as KeysOf<'resolver'>;
const SOON = { timeout: 20_000, interval: 5 };

/** A resolver that says what it was given, and that it is well. */
const ENTRY = `
process.on('message', (message) => {
  if (message.type === 'ping') process.send({ type: 'pong', n: message.n });
  if (message.type === 'keys') process.send({ type: 'failed', code: 'internal', message: 'keys ' + message.keys.password.length });
  if (message.type === 'stop') process.exit(0);
});
process.on('disconnect', () => process.exit(0));
`;

let folder = '';
let process_: ChildProcess | undefined;
let fake: Socket | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-warden-'));
  await writeFile(join(folder, 'resolver.js'), ENTRY);
});
afterEach(async () => {
  fake?.destroy();
  if (process_ && process_.exitCode === null && process_.signalCode === null) {
    process_.kill('SIGKILL');
    await once(process_, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

function realWarden(): Promise<ScansWarden> {
  const plan = JSON.stringify({ sockets: '/run/x', folder });
  process_ = spawn(process.execPath, [WARDEN, plan], { stdio: ['ignore', 2, 2, 'pipe'] });
  return meetWarden(process_.stdio[3] as Socket, 3);
}

function heardFrom(child: Child) {
  const heard = { messages: [] as FromProcess[], exits: 0 };
  child.onMessage((message) => void heard.messages.push(message));
  child.onExit(() => {
    heard.exits += 1;
  });
  return heard;
}

/** Ended: whoever inherited it may leave its exit status unread. */
const isGone = (pid: number) => processState(pid) === 'gone';

describe.runIf(process.platform !== 'win32')('the warden of the scan plane', () => {
  it('starts what it was made for, passes messages and keys, and tells its end; not its own user is said', async () => {
    const warden = await realWarden();
    expect(warden).toMatchObject({ user: null, sockets: '/run/x' });
    for (const end of ['stop', 'kill'] as const) {
      const child = warden.fork(KEYS);
      const heard = heardFrom(child);
      child.send({ type: 'ping', n: 7 });
      child.sendKeys();
      await vi.waitUntil(() => heard.messages.length === 2, SOON);
      expect(heard.messages).toEqual([
        { type: 'pong', n: 7 },
        { type: 'failed', code: 'internal', message: 'keys 43' },
      ]);
      expect(child.pid()).toBeGreaterThan(1);
      if (end === 'stop') child.send({ type: 'stop' });
      else child.kill();
      await vi.waitUntil(() => heard.exits === 1, SOON);
    }
  });

  it('that ends takes the resolver along, and nothing is started in its place', async () => {
    const warden = await realWarden();
    const child = warden.fork(KEYS);
    const heard = heardFrom(child);
    await vi.waitUntil(() => child.pid() !== null, SOON);
    process_?.kill('SIGKILL');
    await vi.waitUntil(() => heard.exits === 1 && isGone(child.pid() ?? 0), SOON);
    const another = warden.fork(KEYS);
    const later = heardFrom(another);
    await vi.waitUntil(() => later.exits === 1, SOON);
    expect(another.pid()).toBeNull();
    for (const { messages } of [heard, later])
      expect(messages).toEqual([
        {
          ...{ type: 'failed', code: 'settings-invalid' },
          message: expect.stringContaining('Start the service anew'),
        },
      ]);
    expect(later.messages.some((one) => one.type === 'failed' && needsAPerson(one.code))).toBe(true);
  });

  it('ends when the launcher is gone', async () => {
    const warden = await realWarden();
    const child = warden.fork(KEYS);
    await vi.waitUntil(() => child.pid() !== null, SOON);
    process_?.stdio[3]?.destroy();
    await vi.waitUntil(() => process_?.exitCode === 0 && isGone(child.pid() ?? 0), SOON);
  });
});

describe('whoever answers in its place', () => {
  /** Met with what it says first; what it says then is the test's. */
  async function impostor(first: string, stays = true) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const met = once(server, 'connection');
    fake = connect(port, '127.0.0.1');
    const [ours] = await met;
    server.close();
    fake.write(first);
    if (!stays) fake.end();
    return meetWarden(ours as Socket, 3);
  }
  const HERE = `${JSON.stringify({ is: 'here', pid: process.pid, user: 'x', sockets: '/run/x' })}\n`;

  it('is not understood when it talks nonsense, and is left when a line never ends', async () => {
    const warden = await impostor(`nonsense\n{"is":"here"}\n${HERE}`);
    const child = warden.fork(KEYS);
    const heard = heardFrom(child);
    fake?.write('{"is":"said","n":1,"message":{"type":"ready","process":"api"}}\n[]\n{"is":"gone","n":9}\n');
    fake?.write(`${JSON.stringify({ is: 'said', n: 1, message: { type: 'pong', n: 1 } })}\n`);
    await vi.waitUntil(() => heard.messages.length === 1, SOON);
    expect(heard).toMatchObject({ messages: [{ type: 'pong', n: 1 }], exits: 0 });
    fake?.on('error', () => undefined);
    fake?.write('x'.repeat(70_000));
    await vi.waitUntil(() => heard.exits === 1, SOON);
  });

  it('is left when it keeps back the end of what was to be killed, and not when it tells it', async () => {
    const warden = await impostor(HERE);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const [told, hidden] = [warden.fork(KEYS), warden.fork(KEYS)].map((child) => ({
      child,
      heard: heardFrom(child),
    }));
    const until = async (done: () => boolean) => {
      while (!done()) await setImmediate();
    };
    told?.child.kill();
    fake?.write('{"is":"gone","n":1}\n');
    await until(() => told?.heard.exits === 1);
    vi.advanceTimersByTime(60_000);
    expect(hidden?.heard.exits).toBe(0);
    hidden?.child.kill();
    vi.advanceTimersByTime(60_000);
    await until(() => hidden?.heard.exits === 1);
    expect(told?.heard.exits).toBe(1);
  });

  it('is nobody when it goes away, or when the descriptor is none', async () => {
    await expect(impostor('nonsense\n', false)).rejects.toMatchObject({ code: 'settings-invalid' });
    await expect(openScansWarden(987)).rejects.toThrow('Nobody runs the scan plane at descriptor 987');
  });
});
