import { createHmac, timingSafeEqual } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { backupMacKey } from '../../../shared/service/keys.ts';
import { BackupError } from './backup-error.ts';

export const MANIFEST = 'manifest';
export const CLUSTER = 'postgres';
export const EXPORTS = 'mint-exports';
export const KEY = 'root.key';

/** Nothing leaves the folder that it is restored to. */
const path = z
  .string()
  .regex(/^[^/\\]+(\/[^/\\]+)*$/)
  .refine((text) => text.split('/').every((part) => part !== '.' && part !== '..'));

const manifest = z.strictObject({
  format: z.literal('sallyport-backup/1'),
  /** The version of Sallyport that took it. */
  version: z.string(),
  takenAt: z.iso.datetime(),
  /** So many entries had their numbers at least. */
  ledgerSize: z.string().regex(/^\d+$/),
  folders: z.array(path),
  files: z.array(
    z.strictObject({ path, bytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

export type Manifest = z.infer<typeof manifest>;

const macOf = (root: Uint8Array, text: string): string =>
  createHmac('sha256', backupMacKey(root)).update(text).digest('hex');

/** Written last: a folder without it is no backup. */
export async function writeManifest(folder: string, content: Manifest, root: Uint8Array): Promise<void> {
  const text = JSON.stringify(content);
  const file = await open(join(folder, MANIFEST), 'wx', 0o600);
  try {
    await file.writeFile(`${text}\n${macOf(root, text)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** @throws BackupError unless whoever wrote it held this root key */
export async function readManifest(folder: string, root: Uint8Array): Promise<Manifest> {
  let lines: string[];
  try {
    lines = (await readFile(join(folder, MANIFEST), 'utf8')).split('\n');
  } catch (cause) {
    throw new BackupError(
      'no-backup',
      `${folder} has no readable manifest: it is no backup, or one that was broken off.`,
      { cause },
    );
  }
  const [text = '', mac = ''] = lines;
  const [given, expected] = [Buffer.from(mac, 'utf8'), Buffer.from(macOf(root, text), 'utf8')];
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new BackupError(
      'foreign-key',
      `The manifest in ${folder} was not written with this root key, or was changed. Give the key that belongs to it with --root-key or SALLYPORT_ROOT_KEY.`,
    );
  const parsed = manifest.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new BackupError('no-backup', `The backup in ${folder} is of another version of Sallyport.`, {
    cause: parsed.error,
  });
}
