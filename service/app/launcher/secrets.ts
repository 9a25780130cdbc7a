import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterError, onStorage } from '../../db/cluster/cluster-error.ts';
import type { LauncherConfig } from '../config.ts';
import { createPrivateFile, readIfThere } from './private-file.ts';

const ROOT_KEY = /^[A-Za-z0-9_-]{43}$/;

export const ROOT_KEY_FILE = 'root.key';

const damaged = (path: string, what: string): ClusterError =>
  new ClusterError(
    'data-dir-foreign-key',
    `${path} is ${what}. Restore it from a backup, or set SALLYPORT_ROOT_KEY; a new key could not open what is there. Nothing was changed.`,
  );

async function developmentKey(dataDir: string): Promise<string> {
  const path = join(dataDir, ROOT_KEY_FILE);
  const present = await readIfThere(path);
  if (present === undefined && existsSync(join(dataDir, 'postgres'))) throw damaged(path, 'missing');
  const key = (
    present ?? (await createPrivateFile(path, `${randomBytes(32).toString('base64url')}\n`))
  ).trim();
  if (!ROOT_KEY.test(key)) throw damaged(path, 'damaged');
  return key;
}

/**
 * The service root: configured, or in development kept in the data directory.
 * @throws ClusterError with a sentence when the directory or the file cannot be used
 */
export async function rootKey({ dataDir, rootKey: configured }: LauncherConfig): Promise<Buffer> {
  return onStorage(dataDir, async () => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await chmod(dataDir, 0o700);
    // In production the configuration insists on a key, so no file is ever made there.
    return Buffer.from(configured ?? (await developmentKey(dataDir)), 'base64url');
  });
}
