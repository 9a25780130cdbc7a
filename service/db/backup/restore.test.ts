import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeNew } from './copy.ts';
import { type Manifest, writeManifest } from './manifest.ts';
import { restoreBackup } from './restore.ts';

const ROOT = Buffer.alloc(32, 7);
let base: string;
let from: string;
let dataDir: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'sallyport-restore-'));
  [from, dataDir] = [join(base, 'backup'), join(base, 'data')];
  await mkdir(from);
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function pretendBackup(change: (manifest: Manifest) => Manifest = (same) => same): Promise<void> {
  const files = [
    await writeNew(from, 'postgres/PG_VERSION', '18\n'),
    await writeNew(from, 'mint-exports/a', 'sealed'),
  ];
  const manifest: Manifest = {
    ...{ format: 'sallyport-backup/1', version: '0.1.0', takenAt: '2026-01-01T00:00:00Z', ledgerSize: '4' },
    ...{ folders: ['postgres/pg_wal'], files },
  };
  await writeManifest(from, change(manifest), ROOT);
}
const restore = (root: Uint8Array = ROOT) => restoreBackup({ from, dataDir, root, writeRootKey: true });
const refused = (code: string) => expect.objectContaining({ name: 'BackupError', code });

describe('restoring', () => {
  it('puts everything in place, private, and the key beside it', async () => {
    await pretendBackup();
    expect(await restore()).toMatchObject({ ledgerSize: '4' });
    expect(await readFile(join(dataDir, 'postgres/PG_VERSION'), 'utf8')).toBe('18\n');
    expect(await readFile(join(dataDir, 'mint-exports/a'), 'utf8')).toBe('sealed');
    const modes = ['', 'postgres', 'postgres/pg_wal', 'root.key', 'postgres/PG_VERSION'].map(
      async (name) => (await stat(join(dataDir, name))).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o700, 0o700, 0o700, 0o600, 0o600]);
    await expect(restore()).rejects.toEqual(refused('occupied'));
  });

  it.each([
    ['a changed file', 'altered', () => appendFile(join(from, 'postgres/PG_VERSION'), 'x')],
    ['a missing file', 'altered', () => rm(join(from, 'mint-exports/a'))],
    ['a changed manifest', 'foreign-key', () => writeFile(join(from, 'manifest'), '{}\nabc\n')],
    ['no manifest, as one that was broken off', 'no-backup', () => rm(join(from, 'manifest'))],
  ])('refuses %s, and makes no database', async (_what, code, spoil) => {
    await pretendBackup();
    await spoil();
    await expect(restore()).rejects.toEqual(refused(code));
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  });

  it('refuses another key, another format and a path that leads out of the folder', async () => {
    await pretendBackup((manifest) => ({
      ...manifest,
      files: manifest.files.map((file) => ({ ...file, path: `postgres/../../${file.path}` })),
    }));
    await expect(restore(Buffer.alloc(32, 8))).rejects.toEqual(refused('foreign-key'));
    await expect(restore()).rejects.toEqual(refused('no-backup'));
    expect(existsSync(dataDir)).toBe(false);
  });
});
