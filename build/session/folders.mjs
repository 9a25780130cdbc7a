import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
} from 'node:fs';
import { SetupError } from '../setup/report.mjs';

/**
 * Folders on the border between root and the unprivileged user. What lies inside a folder of the user's is
 * attacker-controlled: links, and names that change while they are looked at. So root makes and changes entries only
 * in folders of its own, and whatever it has to open on the other side it opens without following a link.
 * @typedef {{ uid: number, gid: number }} Owner
 */

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/** Fails where the last part of the path is a link or no folder. @param {string} path */
export function openFolder(path) {
  return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/**
 * A folder of the caller's own that everybody may read. Anything else of that name goes.
 * @param {string} path its parent is the caller's own
 */
export function ownFolder(path) {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there && !(there.isDirectory() && there.uid === process.getuid?.())) removeTree(path);
  mkdirSync(path, { recursive: true });
  // Not left to the mode of mkdir: a strict umask would lock the user out.
  chmodSync(path, 0o755);
}

/**
 * A folder of the user's in a folder of the caller's, so that the user can fill it but not put something else in its
 * place. What is in it already is the user's too and is not looked at.
 * @param {string} path its parent is the caller's own
 * @param {Owner} owner
 */
export function givenFolder(path, owner) {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory() && there.uid === owner.uid) return;
  if (there) removeTree(path);
  mkdirSync(path);
  give(openFolder(path), owner, 0o755);
}

/**
 * @param {number} fd closed afterwards
 * @param {Owner} owner
 * @param {number} mode
 */
export function give(fd, { uid, gid }, mode) {
  try {
    fchmodSync(fd, mode);
    fchownSync(fd, uid, gid);
  } finally {
    closeSync(fd);
  }
}

/**
 * Removes a tree that somebody else may be writing in. Node's own recursive removal goes by path: a folder that
 * becomes a link between two of its steps leads it out of the tree. rm(1) holds on to the folders it has opened.
 * @param {string} path
 */
export function removeTree(path) {
  if (process.platform === 'win32') return rmSync(path, { recursive: true, force: true });
  const { status, stderr } = spawnSync('rm', ['-rf', '--', path], { encoding: 'utf8' });
  if (status === 0) return;
  throw new SetupError('user', `${path} could not be removed:\n${stderr ?? ''}`, `rm -rf ${path}`);
}
