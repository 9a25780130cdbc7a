import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { give, openFolder, removeTree } from './folders.mjs';

/** @typedef {import('./folders.mjs').Owner} Owner */

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const CHUNK_BYTES = 1024 * 1024;

/**
 * Brings a run's results home. The run was less trusted than its parent: every name below `from` may be a link to
 * something that only the parent can read, or become one at any moment. So each entry is opened once, relative to its
 * opened folder and not through a link, and only what was opened is looked at. A file of two names may be somebody
 * else's and stays behind, as do links, pipes and sockets.
 * @param {string} from
 * @param {string} to
 * @param {Owner} owner
 * @returns {string[]} what stayed behind
 */
export function bringBack(from, to, owner) {
  const fd = openFolder(from);
  try {
    return copyFolder(fd, to, owner);
  } finally {
    closeSync(fd);
  }
}

/**
 * @param {number} folder
 * @param {string} to
 * @param {Owner} owner
 * @returns {string[]}
 */
function copyFolder(folder, to, owner) {
  homeFolder(to, owner);
  // What openat(2) does, which Node does not have: only Linux drops privileges, so only Linux comes here.
  const opened = `/proc/self/fd/${folder}`;
  return readdirSync(opened).flatMap((name) => {
    const target = join(to, name);
    const fd = open(join(opened, name));
    if (fd === undefined) return [target];
    try {
      const info = fstatSync(fd);
      if (info.isDirectory()) return copyFolder(fd, target, owner);
      if (!info.isFile() || info.nlink !== 1) return [target];
      copyFile(fd, target, owner);
      return [];
    } finally {
      closeSync(fd);
    }
  });
}

/** @param {string} path @returns {number | undefined} nothing for a link, a socket, or what is gone */
function open(path) {
  try {
    // Without O_NONBLOCK a pipe would hold us until somebody writes into it.
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return undefined;
  }
}

/** @param {string} path @param {Owner} owner */
function homeFolder(path, owner) {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory()) return;
  if (there) removeTree(path);
  mkdirSync(path);
  give(openFolder(path), owner, 0o755);
}

/**
 * @param {number} source
 * @param {string} target
 * @param {Owner} owner
 */
function copyFile(source, target, owner) {
  // Renamed into place, which replaces a link instead of writing through it.
  const draft = `${target}.${process.pid}.draft`;
  const fd = openSync(draft, 'wx');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let length = readSync(source, chunk); length > 0; length = readSync(source, chunk)) {
    for (let at = 0; at < length; ) at += writeSync(fd, chunk, at, length - at);
  }
  give(fd, owner, 0o644);
  if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) removeTree(target);
  renameSync(draft, target);
}
