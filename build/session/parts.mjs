import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from '../setup/run.mjs';

/**
 * The parts of a private desktop session. Each start adds its process to `parts` at once, so that it is stopped even
 * if it never answers, then waits until it does; the variables that lead to it are added to `env`.
 * @typedef {Record<string, string>} Env
 * @typedef {import('node:child_process').ChildProcess} Child
 */

/** A part that has not answered by then never will. */
const READY_MS = 15_000;

/**
 * The first line that a stream gives.
 * @param {Child} child
 * @param {import('node:stream').Readable} stream
 * @param {string} what
 * @returns {Promise<string>}
 */
function firstLine(child, stream, what) {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (/** @type {string} */ why) => reject(new Error(`${what} ${why}`));
    const timer = setTimeout(fail, READY_MS, 'did not answer');
    stream.on('data', (chunk) => {
      text += chunk;
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text.slice(0, text.indexOf('\n')).trim());
    });
    child.on('error', (error) => fail(`did not start: ${error.message}`));
    child.on('exit', (code) => fail(`ended at once (${code})`));
  });
}

/**
 * A bus without service activation: nothing is started behind our back, so nothing can outlive the run.
 * @param {Env} env
 * @param {Child[]} parts
 */
export async function startBus(env, parts) {
  const folder = env.XDG_RUNTIME_DIR ?? '';
  const config = join(folder, 'bus.conf');
  writeFileSync(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${join(folder, 'bus')}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
`,
  );
  const args = ['--nofork', '--nopidfile', '--print-address=1', `--config-file=${config}`];
  const child = spawn('dbus-daemon', args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  parts.push(child);
  env.DBUS_SESSION_BUS_ADDRESS = await firstLine(child, child.stdout, 'dbus-daemon');
}

/**
 * A keyring of the run's own, unlocked with a password that nobody keeps.
 * @param {Env} env
 * @param {Child[]} parts
 */
export async function startKeyring(env, parts) {
  const child = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  parts.push(child);
  // Seen below as a process without an id.
  child.on('error', () => {});
  child.stdin.end(randomBytes(16).toString('hex'));
  const ask = [
    '--session',
    '--print-reply=literal',
    '--dest=org.freedesktop.DBus',
    '/',
    'org.freedesktop.DBus.NameHasOwner',
  ];
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    const { output } = await run('dbus-send', [...ask, 'string:org.freedesktop.secrets'], {
      env,
      timeout: 2000,
    });
    if (output.includes('boolean true')) return;
    if (child.exitCode !== null || child.pid === undefined) break;
    await pause(20);
  }
  throw new Error('gnome-keyring-daemon did not offer org.freedesktop.secrets');
}

/**
 * An X server without network on a display that it picks itself.
 * @param {Env} env
 * @param {Child[]} parts
 */
export async function startDisplay(env, parts) {
  const authority = join(env.XDG_RUNTIME_DIR ?? '', 'Xauthority');
  writeFileSync(authority, xauthority(), { mode: 0o600 });
  const screen = ['-screen', '0', '1600x1000x24'];
  const child = spawn(
    'Xvfb',
    ['-displayfd', '3', '-auth', authority, '-nolisten', 'tcp', '-noreset', ...screen],
    {
      env,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  parts.push(child);
  const answer = /** @type {import('node:stream').Readable} */ (child.stdio[3]);
  env.DISPLAY = `:${await firstLine(child, answer, 'Xvfb')}`;
  env.XAUTHORITY = authority;
}

/**
 * One Xauthority entry (Xau(3)): family FamilyWild, no address and no number, so that it fits whichever display the
 * server picks; then the method's name and the cookie, each with its length before it.
 */
function xauthority() {
  const field = (/** @type {Buffer} */ bytes) => Buffer.concat([Buffer.from([0, bytes.length]), bytes]);
  const empty = Buffer.alloc(0);
  return Buffer.concat([
    Buffer.from([0xff, 0xff]),
    ...[empty, empty, Buffer.from('MIT-MAGIC-COOKIE-1'), randomBytes(16)].map(field),
  ]);
}
