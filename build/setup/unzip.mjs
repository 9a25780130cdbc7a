import { createWriteStream, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Unpacks chosen entries of a zip archive; yauzl refuses names that would leave the folder. Loaded late through `require`: on a fresh clone the packages appear only
 * during the set-up.
 * @param {string} file
 * @param {string} folder
 * @param {(name: string) => string | undefined} nameFor where an entry goes, relative to `folder`; nothing to skip it
 */
export function unzip(file, folder, nameFor) {
  const yauzl = createRequire(import.meta.url)('yauzl');
  return new Promise((done, failed) => {
    yauzl.open(file, { lazyEntries: true }, (/** @type {Error | null} */ error, /** @type {any} */ zip) => {
      if (error) return failed(error);
      zip.on('error', failed);
      zip.on('end', done);
      zip.on('entry', (/** @type {any} */ entry) => {
        const name = entry.fileName.endsWith('/') ? undefined : nameFor(entry.fileName);
        if (name === undefined) return zip.readEntry();
        write(zip, entry, join(folder, name)).then(() => zip.readEntry(), failed);
      });
      zip.readEntry();
    });
  });
}

/**
 * @param {any} zip
 * @param {any} entry
 * @param {string} path
 */
async function write(zip, entry, path) {
  mkdirSync(dirname(path), { recursive: true });
  const source = await new Promise((resolveStream, failed) => {
    zip.openReadStream(entry, (/** @type {Error | null} */ error, /** @type {any} */ stream) =>
      error ? failed(error) : resolveStream(stream),
    );
  });
  // The upper half of the external attributes is the Unix mode; only the executable bit is of interest.
  const executable = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
  await pipeline(source, createWriteStream(path, { mode: executable ? 0o755 : 0o644 }));
}
