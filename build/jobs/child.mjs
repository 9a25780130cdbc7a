import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How long a program may take to stop after it was told to: what the service takes at most, one part after the other, and then some. */
const GRACE_MS = 60_000;

const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** What a program finds as its descriptor 3. @typedef {number | import('node:net').Socket} Door */

/**
 * Runs a program in the foreground: it has our input and output, gets the signals that we get, and its exit code is
 * ours (128 + number when a signal ended it, as shells say it).
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, detached?: boolean, door?: Door, started?: (pid: number) => void }} options
 * @returns {Promise<number>}
 */
export function foreground(file, args, { started, door, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...options,
      stdio: ['inherit', 'inherit', 'inherit', ...(door === undefined ? [] : [door])],
    });
    if (child.pid) started?.(child.pid);
    /** @type {NodeJS.Timeout | undefined} */
    let patience;
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      child.kill(signal);
      patience ??= setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const done = () => {
      clearTimeout(patience);
      for (const signal of FORWARDED) process.off(signal, forward);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
