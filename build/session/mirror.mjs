import { chmodSync, constants, copyFileSync, lstatSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { ownFolder, removeTree } from './folders.mjs';

/**
 * Makes `to` the same as `from`: plain files and folders, the caller's own, readable by everybody and writable by
 * nobody else.
 * @param {string} from
 * @param {string} to
 * @param {Set<string>} [kept] names at the top that are neither copied nor removed
 */
export function mirror(from, to, kept = new Set()) {
  ownFolder(to);
  const wanted = new Set(readdirSync(from).filter((name) => !kept.has(name)));
  for (const name of readdirSync(to)) if (!wanted.has(name) && !kept.has(name)) removeTree(join(to, name));
  for (const name of wanted) {
    const [source, target] = [join(from, name), join(to, name)];
    const info = lstatSync(source);
    if (info.isDirectory()) mirror(source, target);
    else if (info.isFile()) copyChanged(info, source, target);
  }
}

/**
 * @param {import('node:fs').Stats} info
 * @param {string} source
 * @param {string} target
 */
function copyChanged(info, source, target) {
  const there = lstatSync(target, { throwIfNoEntry: false });
  if (there && isSame(info, there)) return;
  if (there) removeTree(target);
  copyFileSync(source, target, constants.COPYFILE_EXCL);
  chmodSync(target, info.mode & 0o100 ? 0o755 : 0o644);
  utimesSync(target, info.atime, info.mtime);
}

/**
 * @param {import('node:fs').Stats} info
 * @param {import('node:fs').Stats} there
 */
function isSame(info, there) {
  // A time set with utimes may lose its last fraction.
  const sameTime = Math.abs(there.mtimeMs - info.mtimeMs) < 1;
  return there.isFile() && there.uid === process.getuid?.() && there.size === info.size && sameTime;
}
