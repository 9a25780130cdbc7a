import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adminSocket } from './runtime-folder.ts';

let folder = '';
const uid = process.getuid?.() ?? 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sp-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const socket = (runtime: string, change: object = {}) =>
  adminSocket('/data', {
    platform: 'linux',
    environment: { XDG_RUNTIME_DIR: runtime },
    temporary: folder,
    uid,
    ...change,
  });

describe('the folder of the admin socket', () => {
  it('is closed to others, stays the same, and goes when told', () => {
    mkdirSync(join(folder, 'run'));
    const first = socket(join(folder, 'run'));
    expect(statSync(dirname(first.path)).mode & 0o777).toBe(0o700);
    expect(socket(join(folder, 'run')).path).toBe(first.path);
    first.remove();
    expect(existsSync(dirname(first.path))).toBe(false);
  });

  it('is not one that a stranger prepared', () => {
    const ours = socket(folder);
    const foreign = socket(folder, { uid: uid + 1 });
    expect(foreign.path).not.toBe(ours.path);
    foreign.remove();
    ours.remove();
    symlinkSync('/etc', dirname(ours.path));
    const other = socket(folder);
    expect(other.path).not.toBe(ours.path);
    expect(lstatSync(dirname(other.path)).isSymbolicLink()).toBe(false);
    other.remove();
  });

  it('has a path that a socket can hold, however deep the runtime folder lies', () => {
    const deep = join(folder, 'd'.repeat(120));
    const { path, remove } = socket(deep);
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103);
    remove();
  });

  it('is a pipe on Windows', () => {
    expect(socket(folder, { platform: 'win32' }).path).toMatch(/^\\\\\.\\pipe\\sallyport-[0-9a-f]{12}$/);
  });
});
