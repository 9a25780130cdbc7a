import { spawn } from 'node:child_process';

/** @typedef {{ status: number, output: string }} Outcome */

/**
 * Runs a program quietly and keeps what it said, for the error message if there is one.
 * @param {string} file
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptionsWithoutStdio & { input?: string }} [options]
 * @returns {Promise<Outcome>} status 127 when the program does not exist
 */
export function run(file, args, { input, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: 'pipe' });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ status: 127, output: error.message }));
    child.on('close', (code, signal) => resolve({ status: code ?? (signal ? 128 : 1), output }));
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
