/**
 * What the set-up says, and how it gives up. Lines go to stderr: the first line on stdout belongs to the command
 * (`npm run service` answers with one line of JSON).
 */

/** @typedef {'node-too-old' | 'packages' | 'system-libraries' | 'sandbox' | 'electron-runtime' | 'user' | 'locked'} SetupErrorCode */

/** Ends the set-up; `remedy` is the exact command (or the one thing) to do next. */
export class SetupError extends Error {
  /**
   * @param {SetupErrorCode} code
   * @param {string} message
   * @param {string} remedy
   * @param {unknown} [cause]
   */
  constructor(code, message, remedy, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SetupError';
    this.code = code;
    this.remedy = remedy;
  }
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`set-up: ${line}\n`);
}

/**
 * Says what starts, does it, and says how long it took.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  say(`${what} ...`);
  const began = performance.now();
  const result = await work();
  say(`${what}: done in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return result;
}

/**
 * Runs a command to its end; a failure becomes the thrown error, and every `SetupError` is printed with its remedy.
 * @param {() => Promise<number>} command
 */
export async function exitWith(command) {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.exitCode = 1;
    if (!(error instanceof SetupError)) throw error;
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
    process.stderr.write(`\n${error.message}${cause}\nWhat to do:\n  ${error.remedy}\n`);
  }
}
