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

/** In percent of what is kept: memory is thrown away when it has grown fivefold, not twofold. */
const SELDOM = '400';

/**
 * Each of several checkers works out for itself the types that their files share: four of them took more than twice the
 * processor time of one, which other tests want meanwhile.
 * @param {Context} context @param {{ yields?: boolean }} [manner] @returns {Promise<Outcome>}
 */
export async function types(context, manner) {
  const configs = readdirSync(join(context.root, 'tsconfigs')).filter(
    (name) => name.endsWith('.json') && name !== 'base.json',
  );
  const sum = { status: 0, output: '' };
  const frugal = { ...context, env: { ...context.env, GOGC: SELDOM } };
  for (const config of configs) {
    const command = [
      'node_modules/typescript-native/bin/tsc',
      '--singleThreaded',
      '-p',
      join('tsconfigs', config),
    ];
    const { status, output } = await node(frugal, command, manner);
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
