import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../setup/run.mjs';
import { compile } from './compile.mjs';

/**
 * What is looked at before any test runs. The checks do not need each other, and one alone leaves a core idle; so they
 * keep what they say until they end.
 * @typedef {import('./jobs.mjs').Context} Context
 * @typedef {{ status: number, output: string }} Outcome
 */

/** @type {Record<string, (context: Context) => Promise<Outcome>>} */
export const CHECKS = { types: (context) => types(context), lint, build };

/** @param {Context} context @param {string[]} command @param {{ yields?: boolean }} [manner] */
function node({ root, env }, command, manner) {
  return run(process.execPath, command, { cwd: root, env, ...manner });
}

/** @param {Context} context @param {{ yields?: boolean }} [manner] @returns {Promise<Outcome>} */
export async function types(context, manner) {
  const configs = readdirSync(join(context.root, 'tsconfigs')).filter(
    (name) => name.endsWith('.json') && name !== 'base.json',
  );
  const sum = { status: 0, output: '' };
  for (const config of configs) {
    const command = ['node_modules/typescript-native/bin/tsc', '-p', join('tsconfigs', config)];
    const { status, output } = await node(context, command, manner);
    sum.output += status === 0 ? output : `${output}   types of ${config} failed\n`;
    sum.status ||= status;
  }
  return sum;
}

/** @param {Context} context @returns {Promise<Outcome>} */
function lint(context) {
  return node(context, ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']);
}

/** @param {Context} context @returns {Promise<Outcome>} */
async function build(context) {
  // It says itself what it does.
  return { status: await compile(['desktop', 'service', 'tools'], context), output: '' };
}

/**
 * @typedef {object} Finished
 * @property {string} name
 * @property {number} seconds
 * @property {number} status
 */

/**
 * Runs checks side by side, all of them to their end, so that one run tells everything that is wrong.
 * @param {[name: string, check: () => Promise<Outcome>][]} checks
 * @param {(text: string) => void} write
 * @returns {Promise<Finished[]>} in the order given
 */
export function sideBySide(checks, write) {
  return Promise.all(
    checks.map(async ([name, check]) => {
      const began = performance.now();
      const { status, output } = await check();
      write(output);
      return { name, status, seconds: (performance.now() - began) / 1000 };
    }),
  );
}
