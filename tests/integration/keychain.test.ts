import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBus, startKeyring } from '../../build/session/parts.mjs';
import { bundleFixture } from '../fixtures/bundle.ts';

type Env = Record<string, string>;

/** A desktop session of the test's own: its folders, its bus, its keyring; nothing of the real user is touched. */
class Session {
  readonly parts: ChildProcess[] = [];
  readonly env: Env;
  readonly base: string;

  private constructor(base: string) {
    this.base = base;
    const inside = (name: string) => join(base, name);
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: inside('home'),
      XDG_RUNTIME_DIR: inside('run'),
      XDG_DATA_HOME: inside('data'),
      XDG_CONFIG_HOME: inside('config'),
      XDG_CACHE_HOME: inside('cache'),
    };
  }

  static async open(): Promise<Session> {
    const session = new Session(await mkdtemp(join(tmpdir(), 'sallyport-session-')));
    for (const name of ['home', 'run', 'data', 'config', 'cache'])
      await mkdir(join(session.base, name), { mode: 0o700 });
    await chmod(session.base, 0o700);
    return session;
  }

  async child(script: string): Promise<ChildProcess> {
    const child = fork(script, { env: this.env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.parts.push(child);
    await once(child, 'message');
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of this.parts.reverse()) {
      if (part.exitCode !== null || part.signalCode !== null) continue;
      const gone = once(part, 'exit');
      part.kill('SIGKILL');
      await gone;
    }
    await rm(this.base, { recursive: true, force: true });
  }
}

async function ask(child: ChildProcess, order: object): Promise<Record<string, unknown>> {
  const answer = once(child, 'message');
  child.send(order);
  const [message] = await answer;
  return message;
}

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const onLinux = process.platform === 'linux' && has('dbus-daemon') && has('gnome-keyring-daemon');

let script = '';
beforeAll(async () => {
  script = await bundleFixture('keychain-child');
});

describe.runIf(onLinux)('the keychain of a Linux desktop', () => {
  it('is a system keychain with gnome-keyring, and keeps half of the vault’s key', async () => {
    await using session = await Session.open();
    await startBus(session.env, session.parts);
    await startKeyring(session.env, session.parts);
    const child = await session.child(script);
    expect(await ask(child, { measure: true })).toMatchObject({ quality: 'system' });
    expect(await ask(child, { make: join(session.base, 'vault') })).toEqual({
      protection: 'passphrase-and-keychain',
      warnings: [],
    });
  });

  it('is missing on a bus without a keyring, and the vault is passphrase-only', async () => {
    await using session = await Session.open();
    await startBus(session.env, session.parts);
    const child = await session.child(script);
    expect(await ask(child, { measure: true })).toMatchObject({ quality: 'missing' });
    expect(await ask(child, { make: join(session.base, 'vault') })).toMatchObject({
      protection: 'passphrase-only',
    });
  });

  it('is missing without a bus', async () => {
    await using session = await Session.open();
    const child = await session.child(script);
    expect(await ask(child, { measure: true })).toMatchObject({ quality: 'missing' });
  });

  it('that hangs is missing within its time, and is found again when it answers', async () => {
    await using session = await Session.open();
    await startBus(session.env, session.parts);
    await startKeyring(session.env, session.parts);
    const keyring = session.parts.at(-1);
    const child = await session.child(script);
    keyring?.kill('SIGSTOP');
    const { quality, milliseconds } = await ask(child, { measure: true });
    expect(quality).toBe('missing');
    expect(Number(milliseconds)).toBeLessThan(4000);
    keyring?.kill('SIGCONT');
    await expect
      .poll(async () => (await ask(child, { measure: true })).quality, { timeout: 20_000 })
      .toBe('system');
  });

  it('that is gone keeps the vault shut, and says so instead of opening it with less', async () => {
    await using session = await Session.open();
    await startBus(session.env, session.parts);
    await startKeyring(session.env, session.parts);
    const keyring = session.parts.at(-1);
    const child = await session.child(script);
    await ask(child, { make: join(session.base, 'vault') });
    const gone = keyring ? once(keyring, 'exit') : Promise.resolve();
    keyring?.kill('SIGKILL');
    await gone;
    const fresh = await session.child(script);
    expect(await ask(fresh, { open: join(session.base, 'vault') })).toEqual({ code: 'keychain-missing' });
  });
});
