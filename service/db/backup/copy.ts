import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { promisify } from 'node:util';
import { BackupError } from './backup-error.ts';

export interface CopiedFile {
  /** Below the folder of the backup, with slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Listing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

const CHUNK_BYTES = 256 * 1024;
/** Files wait for the disk side by side; more at a time would only hold more memory. */
const AT_ONCE = 4;

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Everything below a folder, with slashes. @throws BackupError for anything that is neither file nor folder */
export async function listTree(root: string): Promise<Listing> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of found) {
    const path = join(entry.parentPath, entry.name)
      .slice(root.length + 1)
      .split(sep)
      .join(posix.sep);
    if (entry.isDirectory()) folders.push(path);
    else if (entry.isFile()) files.push(path);
    else if (!entry.isSocket())
      throw new BackupError('incomplete', `${join(root, path)} is neither a file nor a folder.`);
  }
  return { folders: folders.sort(), files: files.sort() };
}

/** Copies a file as it is read now, private under any umask. It is on the disk after `flush`. */
async function copyFile(from: string, to: string): Promise<Omit<CopiedFile, 'path'>> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      const hash = createHash('sha256');
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      let bytes = 0;
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES, null);
        if (bytesRead === 0) break;
        const chunk = buffer.subarray(0, bytesRead);
        hash.update(chunk);
        await target.writeFile(chunk);
        bytes += bytesRead;
      }
      return { bytes, sha256: hash.digest('hex') };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/**
 * Copies files of one folder to another; their folders are made.
 * @param vanishing files may be gone since they were listed, as those of a running database are
 */
export async function copyFiles(
  from: string,
  to: string,
  paths: readonly string[],
  vanishing = false,
): Promise<CopiedFile[]> {
  for (const folder of new Set(paths.map((path) => dirname(path))))
    await mkdir(join(to, folder), { recursive: true, mode: 0o700 });
  const copied: CopiedFile[] = [];
  const waiting = [...paths];
  const work = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      try {
        copied.push({ path, ...(await copyFile(join(from, path), join(to, path))) });
      } catch (error) {
        if (!vanishing || !isGone(error)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return copied.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export async function makeFolders(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await mkdir(join(root, path), { recursive: true, mode: 0o700 });
}

/** Copies a small file that is changed in place: what was read twice alike was not being written. */
export async function copySteady(from: string, to: string, path: string): Promise<CopiedFile> {
  for (;;) {
    const content = await readFile(join(from, path));
    if (!content.equals(await readFile(join(from, path)))) continue;
    return writeNew(to, path, content);
  }
}

export async function writeNew(to: string, path: string, content: string | Buffer): Promise<CopiedFile> {
  await mkdir(join(to, dirname(path)), { recursive: true, mode: 0o700 });
  await writeFile(join(to, path), content, { flag: 'wx', mode: 0o600 });
  const bytes = Buffer.from(content);
  return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Brings everything below a folder to the disk. A thousand files one after the other take ten times as long as one call for
 * their file system, which Linux has.
 */
export async function flush(folder: string): Promise<void> {
  if (process.platform === 'linux') {
    await promisify(execFile)('sync', ['-f', folder]);
    return;
  }
  for (const path of (await listTree(folder)).files) {
    const file = await open(join(folder, path), 'r+');
    await file.sync().finally(() => file.close());
  }
}
