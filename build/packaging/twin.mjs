import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './contents.mjs';
import { PackagingError } from './packaging-error.mjs';

/** What electron/guards/switches.ts says of its guard, and what the twin says instead. */
export const GUARD = { shipped: 'debug-port-guard=on', twin: 'debug-port-guard=off' };

/**
 * The twin that the end-to-end tests drive: the shipped contents, byte for byte, but for one word in one file. Made from the shipped
 * folder and not from the sources, so that it cannot differ in anything else.
 * @param {string} shipped
 * @param {string} folder
 * @returns {string} the file that differs
 */
export function makeTwin(shipped, folder) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(shipped, folder, { recursive: true, verbatimSymlinks: true });
  const holders = filesBelow(join(folder, 'out', 'main')).filter(
    (file) => readFileSync(join(folder, 'out', 'main', file), 'utf8').split(GUARD.shipped).length > 1,
  );
  const [holder = ''] = holders;
  const path = join(folder, 'out', 'main', holder);
  const parts = holders.length === 1 ? readFileSync(path, 'utf8').split(GUARD.shipped) : [];
  if (parts.length !== 2)
    throw new PackagingError(
      'twin',
      'The guard of the debugging port must stand exactly once in the bundle of main.',
    );
  writeFileSync(path, parts.join(GUARD.twin));
  return `out/main/${holder}`;
}
