import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MIRROR_CHAIN, MIRROR_TRUST, stretchOf } from '../../shared/ledger/mirror.ts';
import { type MirrorReport, type MirrorSource, verifyMirror } from '../../shared/ledger/mirror-verify.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';
import { nativeCrypto } from './crypto.ts';
import { VerifyError } from './errors.ts';
import { readChunks, readTrust } from './files.ts';

export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() ?? false;

/** The folder of the log itself, or the folder that a person chose when there is one log in it. */
async function logFolder(path: string): Promise<string> {
  const entries = await readdir(path, { withFileTypes: true });
  if (entries.some(({ name }) => name === MIRROR_CHAIN)) return path;
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
  const [only, second] = folders;
  if (only !== undefined && second === undefined) return logFolder(only);
  const found = folders.length === 0 ? 'is no mirror of a log' : `holds several logs: name one of ${folders}`;
  throw new VerifyError('file', `${path} ${found}`);
}

async function sourceOf(folder: string): Promise<MirrorSource> {
  const names = await readdir(folder);
  return {
    stretches: names.flatMap((name) => stretchOf(name) ?? []),
    chain: () =>
      createInterface({ input: createReadStream(join(folder, MIRROR_CHAIN)), crlfDelay: Infinity }),
    bundle: (name) => readChunks(join(folder, name)),
  };
}

/** @param trust what is pinned; without it the mirror is judged by its own word, and whose it is stays open */
export async function judgeMirror(
  path: string,
  trust: TrustFile | null,
  cancelled: () => boolean,
): Promise<MirrorReport> {
  const folder = await logFolder(path);
  return verifyMirror(await sourceOf(folder), {
    ...{ crypto: nativeCrypto, isPinned: trust !== null, cancelled },
    trust: trust ?? (await readTrust(join(folder, MIRROR_TRUST))),
  });
}
