import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReleaseFile } from './manifest.ts';
import { UpdateError } from './update-error.ts';

/**
 * Copies a package into a folder of ours (0700) while it is hashed, so that what was checked is what is kept: the file it comes from may
 * change at any moment. It gets its name only when every byte is as it was signed for.
 * @returns its path
 * @throws UpdateError no-package, damaged
 */
export async function takePackage(from: string, folder: string, file: ReleaseFile): Promise<string> {
  // A pipe would be read for ever.
  if (!statSync(from, { throwIfNoEntry: false })?.isFile())
    throw new UpdateError(
      'no-package',
      `${file.name} does not lie beside the manifest. Put it there and choose the manifest again.`,
    );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [draft, final] = [join(folder, `${randomUUID()}.draft`), join(folder, file.name)];
  const hash = createHash('sha512');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > file.bytes)
        return done(new UpdateError('damaged', `${file.name} is longer than it was signed for.`));
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(from), measure, createWriteStream(draft, { mode: 0o600, flags: 'wx' }));
    if (bytes !== file.bytes || hash.digest('hex') !== file.sha512)
      throw new UpdateError(
        'damaged',
        `${file.name} is not what was signed for. Do not install it; get it again.`,
      );
    renameSync(draft, final);
    return final;
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
