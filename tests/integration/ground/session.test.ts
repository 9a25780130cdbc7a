import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import keytar from 'keytar';
import { describe, expect, it } from 'vitest';
import { runFolder } from '../../../build/session/sweep.mjs';

const FIXTURE = join(import.meta.dirname, '..', '..', 'fixtures', 'ground', 'main.mjs');

const ROOT = resolve(import.meta.dirname, '..', '..', '..');

const runtime = (): string => {
  const path = process.env.SALLYPORT_ELECTRON;
  if (!path)
    throw new Error('run this through `npm test -- --only integration`, which starts the private session');
  return path;
};

/** Runs Electron to its end. */
async function electron(env: NodeJS.ProcessEnv = process.env) {
  const child = spawn(runtime(), [FIXTURE], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { output, errors, code };
}

describe.runIf(process.platform === 'linux')('the private session', () => {
  it('runs as an ordinary user', () => {
    expect(process.getuid?.()).not.toBe(0);
  });

  it('can write in a staged project only where a run leaves something', () => {
    const isWritable = (path: string): boolean => {
      try {
        accessSync(join(ROOT, path), constants.W_OK);
        return true;
      } catch {
        return false;
      }
    };
    const entries = [
      ...readdirSync(ROOT),
      ...readdirSync(join(ROOT, 'node_modules')).map((name) => `node_modules/${name}`),
    ];
    const filled = [
      'artifacts',
      'dist',
      'out',
      ...['.cache', '.vite', '.vite-temp'].map((name) => `node_modules/${name}`),
    ];
    // An ordinary user's own clone is not staged, and is the user's to write.
    const expected = isWritable('.') ? entries : filled;
    expect(entries.filter(isWritable).sort()).toEqual(expected.sort());
  });

  it('starts Electron with a sandboxed renderer and a keychain', async () => {
    const { output, errors, code } = await electron();
    expect(code, errors).toBe(0);
    expect(JSON.parse(output)).toEqual({
      seccomp: '2',
      // The renderer's process ids live in a namespace of their own.
      ownNamespace: true,
      uid: process.getuid?.(),
      secret: 'a secret',
      title: 'ground',
    });
  });

  it('fails where there is no display', async () => {
    const { DISPLAY: _display, ...env } = process.env;
    const { code } = await electron(env);
    expect(code).not.toBe(0);
  });

  it('keeps secrets in a keyring of its own', async () => {
    await keytar.setPassword('sallyport-ground', 'node', 'another secret');
    expect(await keytar.getPassword('sallyport-ground', 'node')).toBe('another secret');
    expect(await keytar.deletePassword('sallyport-ground', 'node')).toBe(true);
    expect(await keytar.getPassword('sallyport-ground', 'node')).toBeNull();
  });

  it('uses no folder of the real user', () => {
    const base = `${runFolder(process.env.SALLYPORT_RUN ?? '')}/`;
    for (const name of [
      'HOME',
      'TMPDIR',
      'XDG_RUNTIME_DIR',
      'XDG_CONFIG_HOME',
      'XDG_DATA_HOME',
      'XAUTHORITY',
    ]) {
      expect(process.env[name], name).toContain(base);
    }
  });
});
