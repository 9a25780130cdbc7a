import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/** @typedef {{ status: number, output: string }} Outcome */

const STOPS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a program quietly and keeps what it said, for the error message if there is one.
 * @param {string} file
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptionsWithoutStdio & { input?: string, yields?: boolean }} [options]
 *   `yields`: it takes the time that nothing else wants
 * @returns {Promise<Outcome>} status 127 when the program does not exist
 */
export function run(file, args, { input, yields = false, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: 'pipe' });
    if (yields && child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    /** @param {NodeJS.Signals} signal told to stop: the child first, then we with it, as a shell says it */
    const stop = (signal) => {
      child.once('close', () => process.exit(128 + constants.signals[signal]));
      child.kill(signal);
    };
    for (const signal of STOPS) process.once(signal, stop);
    const settle = (/** @type {Outcome} */ outcome) => {
      for (const signal of STOPS) process.off(signal, stop);
      resolve(outcome);
    };
    child.on('error', (error) => settle({ status: 127, output: error.message }));
    child.on('close', (code, signal) => settle({ status: code ?? (signal ? 128 : 1), output }));
    child.stdin.end(input);
  });
}

/** npm is `npm.cmd` on Windows, which only a shell starts; its arguments here are all our own constants. */
export const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/**
 * @param {string[]} args
 * @param {string} cwd
 */
export function npm(args, cwd) {
  return run(NPM, args, { cwd, env: process.env, shell: process.platform === 'win32' });
}

/**
 * The end of a program's output, where the reason stands.
 * @param {string} output
 */
export function tail(output, lines = 12) {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}
