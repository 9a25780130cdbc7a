import { readdirSync, readFileSync, rmSync } from 'node:fs';

/** Every process below a run carries its id, so that none can outlive it unseen. */
export const RUN_VARIABLE = 'SALLYPORT_RUN';

/** @param {string} id */
export function runFolder(id) {
  // Short on purpose: a socket's path ends at 107 bytes.
  return `/tmp/sallyport-${id}`;
}

/**
 * @param {string} pid
 * @param {string} id
 */
function belongs(pid, id) {
  try {
    // A process may rewrite its environment (Chromium does) but then its arguments name the run's folder.
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
    return /\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

/**
 * Ends whatever a run left behind and removes its folder.
 * @param {string} id
 * @returns {string[]} the commands of the processes that had to be ended
 */
export function sweep(id) {
  /** @type {string[]} */
  const ended = [];
  // A killed process may have forked meanwhile: look again until nothing is left.
  for (let round = 0; round < 20 && process.platform === 'linux'; round += 1) {
    const left = readdirSync('/proc').filter(
      (pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && belongs(pid, id) && !isZombie(pid),
    );
    if (left.length === 0) break;
    for (const pid of left) ended.push(...end(pid));
  }
  rmSync(runFolder(id), { recursive: true, force: true });
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
