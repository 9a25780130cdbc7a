import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseServer, rootKeyFrom } from './maintenance.ts';

const KEY = Buffer.alloc(32, 5);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-root-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the root key of a backup or a restore', () => {
  it('is the environment’s, or else the file’s', async () => {
    const file = join(folder, 'root.key');
    await writeFile(file, `${KEY.toString('base64url')}\n`);
    expect(await rootKeyFrom(undefined, file)).toEqual(KEY);
    const other = Buffer.alloc(32, 6);
    expect(await rootKeyFrom(other.toString('base64url'), file)).toEqual(other);
  });

  it('that is nowhere, or is none, is said to be missing', async () => {
    const file = join(folder, 'root.key');
    const missing = { code: 'foreign-key', message: expect.stringContaining('There is no root key') };
    await expect(rootKeyFrom(undefined, file)).rejects.toMatchObject(missing);
    await writeFile(file, 'not a key');
    await expect(rootKeyFrom(undefined, file)).rejects.toMatchObject(missing);
  });

  it('that may not be read is not said to be missing', async () => {
    // A folder in its place cannot be read by anybody, whoever runs the test.
    await expect(rootKeyFrom(undefined, folder)).rejects.toMatchObject({
      code: 'foreign-key',
      message: expect.stringContaining('cannot be read (EISDIR)'),
    });
    if (process.getuid?.() === 0) return;
    const file = join(folder, 'root.key');
    await writeFile(file, KEY.toString('base64url'));
    await chmod(file, 0);
    await expect(rootKeyFrom(undefined, file)).rejects.toMatchObject({
      message: expect.stringContaining('cannot be read (EACCES)'),
    });
  });
});

describe('a backup or a restore with DATABASE_URL', () => {
  it('is refused with what to do instead, and without what the variable says', () => {
    expect(() => refuseServer('postgres://dba:canary@db.example/sallyport')).toThrow(
      expect.objectContaining({
        code: 'on-a-server',
        message: expect.stringMatching(
          /^(?!.*canary)DATABASE_URL.*pg_basebackup.*\/api\/logs\/ledger\/epochs/s,
        ),
      }),
    );
    for (const unset of [undefined, '']) expect(() => refuseServer(unset)).not.toThrow();
  });
});
