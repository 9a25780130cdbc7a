import * as nodeFs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disposableDirectory, testClock } from '../../tests/fixtures/vault.ts';
import { Attempts, waitAfter } from './attempts.ts';
import { VaultFiles } from './files.ts';

describe('waitAfter', () => {
  it('grants three failures, then doubles up to a quarter of an hour', () => {
    expect([0, 1, 2, 3, 4, 5, 10, 12, 13, 1_000_000].map(waitAfter)).toEqual([
      0, 0, 0, 1, 2, 4, 128, 512, 900, 900,
    ]);
  });
});

describe('Attempts', () => {
  it('counts an attempt before it is looked at, so that a kill does not undo it', async () => {
    await using directory = await disposableDirectory();
    const clock = testClock();
    const fresh = () => new Attempts(new VaultFiles(directory.path), clock);
    for (let i = 0; i < 3; i += 1) await fresh().begin();
    await expect(fresh().begin()).rejects.toMatchObject({ code: 'too-many-attempts', waitSeconds: 1 });
    clock.advance(1);
    await fresh().begin();
    expect(await fresh().waitSeconds()).toBe(2);
  });

  it('forgets failures after a success', async () => {
    await using directory = await disposableDirectory();
    const attempts = new Attempts(new VaultFiles(directory.path), testClock());
    for (let i = 0; i < 3; i += 1) await attempts.begin();
    await attempts.succeeded();
    expect(await attempts.waitSeconds()).toBe(0);
  });

  it('shortens no wait when the clock is set back', async () => {
    await using directory = await disposableDirectory();
    const clock = testClock();
    const attempts = new Attempts(new VaultFiles(directory.path), clock);
    for (let i = 0; i < 3; i += 1) await attempts.begin();
    clock.advance(-86_400);
    expect(await attempts.waitSeconds()).toBe(1);
  });

  it('starts again from a file that is damaged', async () => {
    await using directory = await disposableDirectory();
    await nodeFs.mkdir(directory.path);
    await nodeFs.writeFile(join(directory.path, 'attempts.json'), '{"failures":-1,"lastAt":"yesterday"}');
    const attempts = new Attempts(new VaultFiles(directory.path), testClock());
    expect(await attempts.waitSeconds()).toBe(0);
  });

  it('counts in memory on a disk that cannot be written, and says that it does', async () => {
    await using directory = await disposableDirectory();
    const open = () => Promise.reject(Object.assign(new Error('EROFS'), { code: 'EROFS' }));
    const attempts = new Attempts(new VaultFiles(directory.path, { ...nodeFs, open }), testClock());
    for (let i = 0; i < 3; i += 1) await attempts.begin();
    expect(attempts.persistent).toBe(false);
    await expect(attempts.begin()).rejects.toMatchObject({ code: 'too-many-attempts' });
  });
});
