import * as nodeFs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { type FileSystem, PREVIOUS_FILE, VAULT_FILE, VaultFiles } from './files.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 30_000 });

/** Every way in which this many calls in, one step of a write fails and nothing after it happens. */
function failingAt(step: number, errno: string): FileSystem {
  let calls = 0;
  const dying = <W extends (...args: never[]) => Promise<unknown>>(work: W): W =>
    ((...args: never[]) => {
      calls += 1;
      if (calls >= step) return Promise.reject(Object.assign(new Error(errno), { code: errno }));
      return work(...args);
    }) as W;
  const open = dying(nodeFs.open);
  return {
    ...nodeFs,
    chmod: dying(nodeFs.chmod),
    link: dying(nodeFs.link),
    mkdir: dying(nodeFs.mkdir),
    readdir: dying(nodeFs.readdir),
    rename: dying(nodeFs.rename),
    unlink: dying(nodeFs.unlink),
    open: (async (...args: Parameters<typeof nodeFs.open>) => {
      const file = await open(...args);
      file.sync = dying(file.sync.bind(file));
      file.writeFile = dying(file.writeFile.bind(file));
      return file;
    }) as typeof nodeFs.open,
  };
}

const STEPS_OF_A_WRITE = 10;

describe('writeVault', () => {
  it('keeps the generation before beside the new one', async () => {
    await using directory = await disposableDirectory();
    const files = new VaultFiles(directory.path);
    await files.writeVault(Buffer.from('one'));
    await files.writeVault(Buffer.from('two'));
    expect((await files.read(VAULT_FILE))?.toString()).toBe('two');
    expect((await files.read(PREVIOUS_FILE))?.toString()).toBe('one');
    expect((await nodeFs.readdir(directory.path)).sort()).toEqual([VAULT_FILE, PREVIOUS_FILE]);
  });

  it('leaves one complete vault under its name whichever step it dies at, and the next write cleans up', async () => {
    let died = 0;
    for (let step = 1; step <= STEPS_OF_A_WRITE + 4; step += 1) {
      await using directory = await disposableDirectory();
      const healthy = new VaultFiles(directory.path);
      await healthy.writeVault(Buffer.from('one'));
      await healthy.writeVault(Buffer.from('two'));
      const dying = new VaultFiles(directory.path, failingAt(step, 'EIO'));
      const outcome = await dying.writeVault(Buffer.from('three')).then(
        () => 'written',
        (error: { code: string }) => error.code,
      );
      if (outcome !== 'written') died += 1;
      expect(['written', 'write-failed']).toContain(outcome);
      const now = (await healthy.read(VAULT_FILE))?.toString();
      expect(['two', 'three'], `step ${step}`).toContain(now);
      expect(['one', 'two'], `step ${step}`).toContain((await healthy.read(PREVIOUS_FILE))?.toString());
      await healthy.writeVault(Buffer.from('four'));
      expect(await nodeFs.readdir(directory.path)).toHaveLength(2);
    }
    expect(died).toBeGreaterThanOrEqual(STEPS_OF_A_WRITE - 1);
  });

  it.each([
    ['ENOSPC', 'disk is full'],
    ['EROFS', 'read-only'],
    ['EACCES', 'may not be written by you'],
    ['EIO', 'could not be written'],
  ])('says what to do about %s', async (errno, sentence) => {
    await using directory = await disposableDirectory();
    await new VaultFiles(directory.path).writeVault(Buffer.from('one'));
    const files = new VaultFiles(directory.path, failingAt(2, errno));
    await expect(files.writeVault(Buffer.from('two'))).rejects.toMatchObject({
      code: 'write-failed',
      message: expect.stringContaining(sentence),
    });
    expect((await files.read(VAULT_FILE))?.toString()).toBe('one');
  });

  it('takes a copy where the file system has no hard links', async () => {
    await using directory = await disposableDirectory();
    const link = () => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM' }));
    const files = new VaultFiles(directory.path, { ...nodeFs, link });
    await files.writeVault(Buffer.from('one'));
    await files.writeVault(Buffer.from('two'));
    expect((await files.read(PREVIOUS_FILE))?.toString()).toBe('one');
    expect((await nodeFs.stat(join(directory.path, PREVIOUS_FILE))).mode & 0o777).toBe(0o600);
  });

  it('refuses a folder that is a link to somewhere else', async () => {
    await using directory = await disposableDirectory();
    await using elsewhere = await disposableDirectory();
    await nodeFs.mkdir(elsewhere.path);
    await nodeFs.symlink(elsewhere.path, directory.path);
    await expect(new VaultFiles(directory.path).writeVault(Buffer.from('one'))).rejects.toMatchObject({
      code: 'write-failed',
    });
    expect(await nodeFs.readdir(elsewhere.path)).toEqual([]);
  });
});

describe('read', () => {
  it('answers null for a file that is not there, and refuses one that no vault is as large as', async () => {
    await using directory = await disposableDirectory();
    const files = new VaultFiles(directory.path);
    expect(await files.read(VAULT_FILE)).toBeNull();
    await files.writeVault(Buffer.from('one'));
    await nodeFs.truncate(join(directory.path, VAULT_FILE), 17 * 1024 * 1024);
    await expect(files.read(VAULT_FILE)).rejects.toMatchObject({ code: 'vault-damaged' });
  });
});
