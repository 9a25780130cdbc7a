import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError } from './backup-error.ts';
import { copyFiles, flush, makeFolders, writeNew } from './copy.ts';
import { CLUSTER, KEY, type Manifest, readManifest } from './manifest.ts';

export interface RestoreOptions {
  readonly from: string;
  /** A data directory without a database. */
  readonly dataDir: string;
  readonly root: Uint8Array;
  /** Whether the key is kept in the data directory; in production it comes from the environment. */
  readonly writeRootKey: boolean;
}

const textOf = (root: Uint8Array): string => Buffer.from(root).toString('base64url');

/** What is there is never overwritten: the damaged directory may be all that is left of the newest entries. */
async function refuseOccupied(dataDir: string, root: Uint8Array): Promise<void> {
  if (existsSync(join(dataDir, CLUSTER)))
    throw new BackupError(
      'occupied',
      `${dataDir} holds a database already. Move it aside and keep it, or restore into another folder. Nothing was changed.`,
    );
  const key = await readFile(join(dataDir, KEY), 'utf8').catch(() => undefined);
  if (key !== undefined && key.trim() !== textOf(root))
    throw new BackupError(
      'foreign-key',
      `${join(dataDir, KEY)} is the key of another service. Nothing was changed.`,
    );
}

async function copyVerified(from: string, to: string, { folders, files }: Manifest): Promise<void> {
  await makeFolders(to, folders);
  const copied = await copyFiles(
    from,
    to,
    files.map(({ path }) => path),
  ).catch((cause: unknown) => {
    throw new BackupError(
      'altered',
      `A file of the backup in ${from} cannot be read. Nothing was restored.`,
      { cause },
    );
  });
  const found = new Map(copied.map((file) => [file.path, file]));
  const wrong = files.find(({ path, sha256 }) => found.get(path)?.sha256 !== sha256);
  if (wrong)
    throw new BackupError(
      'altered',
      `${wrong.path} of the backup in ${from} was changed. Nothing was restored.`,
    );
}

/**
 * Puts a backup into a data directory, after every byte of it was held against the manifest.
 * @throws BackupError with a sentence; then there is still no database
 */
export async function restoreBackup({
  from,
  dataDir,
  root,
  writeRootKey,
}: RestoreOptions): Promise<Manifest> {
  const manifest = await readManifest(from, root);
  await refuseOccupied(dataDir, root);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chmod(dataDir, 0o700);
  // A draft of this name that is left from a crash is removed by the next start of the service.
  const draft = await mkdtemp(join(dataDir, `postgres.init-${process.pid}-`));
  try {
    await copyVerified(from, draft, manifest);
    await flush(draft);
    if (writeRootKey && !existsSync(join(dataDir, KEY))) await writeNew(dataDir, KEY, `${textOf(root)}\n`);
    const others = new Set(manifest.files.map(({ path }) => path.split('/')[0] ?? ''));
    for (const name of others) {
      if (name !== CLUSTER && name !== KEY) await rename(join(draft, name), join(dataDir, name));
    }
    await rename(join(draft, CLUSTER), join(dataDir, CLUSTER));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return manifest;
}
