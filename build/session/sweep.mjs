import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import { removeTree } from './folders.mjs';

/** Every process below a run carries its id, so that none can outlive it unseen. */
export const RUN_VARIABLE = 'SALLYPORT_RUN';

/** A killed process takes a moment to go; together they wait two seconds at most. */
const ROUNDS = 40;
const PAUSE_MS = 50;

/** Databases of tests and the state of a run are thrown away with it: memory does, where a machine has much of it. */
const MEMORY = '/dev/shm';
const ROOMY_BYTES = 4 * 2 ** 30;

function isRoomy() {
  try {
    // The size and not what is free: the answer must be the same at the end of the run.
    const { blocks, bsize } = statfsSync(MEMORY);
    return blocks * bsize >= ROOMY_BYTES;
  } catch {
    return false;
  }
}

const ROOT = isRoomy() ? MEMORY : '/tmp';

/** @param {string} id */
export function runFolder(id) {
  // Short on purpose: a socket's path ends at 107 bytes.
  return `${ROOT}/sallyport-${id}`;
}

/** @param {string} pid @returns {string[]} stat(5) after the name: state, parent, process group, session */
function statOf(pid) {
  return readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
}

/** @param {string} pid @param {number | undefined} leader */
function isOfSession(pid, leader) {
  try {
    return statOf(pid)[3] === String(leader);
  } catch {
    // Gone.
    return false;
  }
}

/**
 * @param {string} pid
 * @param {string} id
 * @param {number | undefined} leader the run's session
 */
function belongs(pid, id, leader) {
  if (isOfSession(pid, leader)) return true;
  try {
    // One that left the session still has our variable, or, where it rewrote its environment, our folder.
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    if (environment.includes(`${RUN_VARIABLE}=${id}`)) return true;
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(runFolder(id));
  } catch {
    // Gone, or another user's.
    return false;
  }
}

/** @param {string} pid */
function isZombie(pid) {
  try {
    return statOf(pid)[0] === 'Z';
  } catch {
    return true;
  }
}

/**
 * Ends whatever a run left behind and removes its folder.
 * @param {string} id
 * @param {number | undefined} leader the run's first process
 * @returns {string[]} the commands of the processes that had to be ended
 */
export function sweep(id, leader) {
  const ended = endAll((pid) => belongs(pid, id, leader));
  removeTree(runFolder(id));
  return ended;
}

/**
 * Ends what is left of a session whose leader has just ended: later its id may be a stranger's.
 * @param {number | undefined} leader
 */
export function endSession(leader) {
  return leader === undefined ? [] : endAll((pid) => isOfSession(pid, leader));
}

/** @param {(pid: string) => boolean} isOurs */
function endAll(isOurs) {
  /** @type {string[]} */
  const ended = [];
  // A killed process may have forked meanwhile: look again until nothing is left.
  for (let round = 0; round < ROUNDS && process.platform === 'linux'; round += 1) {
    const left = readdirSync('/proc').filter(
      (pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && isOurs(pid) && !isZombie(pid),
    );
    if (left.length === 0) break;
    for (const pid of left) ended.push(...end(pid));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  return [...new Set(ended)];
}

/** @param {string} pid */
function end(pid) {
  try {
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    process.kill(Number(pid), 'SIGKILL');
    return [`${name} (${pid})`];
  } catch {
    return [];
  }
}
