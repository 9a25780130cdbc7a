import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Who holds a lock: the process id and when it started, because ids are used again.
 * @param {number} pid
 */
function identity(pid) {
  try {
    // Field 22 of stat(5), counted after the parenthesised name, which may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return `${pid} ${fields[19]}`;
  } catch {
    return isAlive(pid) && process.platform !== 'linux' ? `${pid} -` : '';
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Takes a lock file if nobody alive holds it.
 * @param {string} path
 * @returns {(() => void) | undefined} how to let go; nothing when somebody else holds it
 */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (claim(path)) return () => rmSync(path, { force: true });
    if (!retireStale(path)) return undefined;
  }
  return undefined;
}

/**
 * The file appears with its content in one step: an empty lock would look stale to whoever reads it too early.
 * @param {string} path
 */
function claim(path) {
  const draft = `${path}.${process.pid}.draft`;
  writeFileSync(draft, identity(process.pid));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** @param {string} path */
function retireStale(path) {
  try {
    const holder = readFileSync(path, 'utf8');
    if (holder === identity(Number(holder.split(' ')[0]))) return false;
    // Renamed, not deleted: of two that find the same stale lock only one succeeds.
    const retired = `${path}.${process.pid}`;
    renameSync(path, retired);
    rmSync(retired, { force: true });
  } catch {
    // Gone meanwhile: its holder let go, or another process retired it.
  }
  return true;
}

/**
 * Waits for a lock that is held for a bounded piece of work (a download, an installation).
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  let release = tryLock(path);
  while (!release) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    release = tryLock(path);
  }
  try {
    return await work();
  } finally {
    release();
  }
}
