import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractFile, listPackage, statFile } from '@electron/asar';

/** Where `npm run test:packaged` put what it made: the shipped console, the same made again, and the twin. */
const made = (): string => {
  const folder = process.env.SALLYPORT_PACKAGED;
  if (!folder) throw new Error('SALLYPORT_PACKAGED is not set: run these tests with npm run test:packaged');
  return folder;
};

export interface Packaged {
  readonly executable: string;
  readonly resources: string;
  readonly archive: string;
}

export const packaged = (folder: 'package' | 'again' | 'twin'): Packaged => {
  const unpacked = join(made(), folder, 'linux-unpacked');
  const resources = join(unpacked, 'resources');
  return { executable: join(unpacked, 'sallyport'), resources, archive: join(resources, 'app.asar') };
};

interface ArchivedFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** Every file of an archive with its bytes; what lies unpacked beside it is read from there. Links are left out. */
export function archivedFiles(archive: string): ArchivedFile[] {
  return listPackage(archive, { isPack: false })
    .map((path) => path.replace(/^[\\/]/, ''))
    .flatMap((path) => {
      const entry = statFile(archive, path, false);
      if ('files' in entry || 'link' in entry) return [];
      return [{ path, bytes: extractFile(archive, path) }];
    });
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export const digestOf = (path: string): string => sha256(readFileSync(path));
