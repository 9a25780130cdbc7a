import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUpdates } from './channel.ts';
import { takePackage } from './take.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-channel-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const console_ = (choose: () => Promise<string | null>) =>
  createUpdates({
    ...{ keys: [{ id: 'release-1', publicKey: 'x' }], channel: 'stable', version: '1.4.2' },
    ...{ platform: 'linux', arch: 'x64', folder, now: () => new Date(0), choose },
  });

describe('a check', () => {
  it('runs once at a time, and can be made again afterwards', async () => {
    let asked = 0;
    const updates = console_(async () => {
      asked += 1;
      return null;
    });
    await Promise.all([updates.check(), updates.check()]);
    expect(asked).toBe(1);
    await updates.check();
    expect(asked).toBe(2);
  });

  it('refuses a pipe for a manifest, and does not wait for who would write to it', async () => {
    const pipe = join(folder, 'release.json');
    execFileSync('mkfifo', [pipe]);
    expect((await console_(async () => pipe).check()).refused?.code).toBe('malformed');
  });
});

it('takes a package without writing into what another process writes', async () => {
  const name = 'sallyport.AppImage';
  const from = join(folder, 'from');
  writeFileSync(from, 'the bytes');
  const into = join(folder, 'packages');
  const sha512 = createHash('sha512').update('the bytes').digest('hex');
  const file = { platform: 'linux', arch: 'x64', name, bytes: 9, sha512 } as const;
  await takePackage(from, into, file);
  writeFileSync(join(into, `${name}.draft`), 'half');
  await Promise.all([takePackage(from, into, file), takePackage(from, into, file)]);
  expect(readFileSync(join(into, `${name}.draft`), 'utf8')).toBe('half');
  expect(readFileSync(join(into, name), 'utf8')).toBe('the bytes');
  expect(readdirSync(into).sort()).toEqual([name, `${name}.draft`]);
});
