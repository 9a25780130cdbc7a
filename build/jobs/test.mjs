import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS, sideBySide, types } from './checks.mjs';
import { foreground } from './child.mjs';
import { closingLine, playwrightTally, total, vitestTally } from './tally.mjs';

/** @typedef {import('./jobs.mjs').Context} Context */
/** @typedef {import('./tally.mjs').Tally} Tally */
/** @typedef {{ status: number, tally: Tally }} Result */

const PROJECTS = ['unit', 'renderer', 'architecture', 'integration', 'faults'];
const STAGES = [...Object.keys(CHECKS), ...PROJECTS, 'e2e'];

/** Stages that run the built programs. */
const NEED_BUILD = new Set(['integration', 'faults', 'e2e']);

/**
 * `--only unit,e2e` picks stages; `--no-build` takes the programs as they were built last; what else stands there
 * narrows the test files.
 * @param {string[]} args
 */
export function parse(args) {
  /** @type {Set<string>} */
  const only = new Set();
  const filters = [];
  let build = true;
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--only') for (const name of (args[++index] ?? '').split(',')) only.add(name);
    else if (argument === '--no-build') build = false;
    else filters.push(argument);
  }
  const unknown = [...only].filter((name) => !STAGES.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such stage: ${unknown.join(', ')} (there are ${STAGES.join(', ')})`);
  const chosen = only.size > 0 ? only : new Set(STAGES);
  if ([...chosen].some((name) => NEED_BUILD.has(name))) chosen.add('build');
  if (!build) chosen.delete('build');
  return { chosen, filters };
}

/** @param {Context} context */
export async function runTests(context) {
  const { chosen, filters } = parse(context.args);
  const projects = PROJECTS.filter((name) => chosen.has(name));
  // The console's own tests wait as much as they compute: the type check, the longest of the checks, takes that time.
  const ofConsole = chosen.has('e2e') && hasSpecs(context.root);
  const typesLater = chosen.has('types') && ofConsole;
  const checks = Object.entries(CHECKS).filter(
    ([name]) => chosen.has(name) && !(typesLater && name === 'types'),
  );
  const checked = await sideBySide(
    checks.map(([name, check]) => [name, () => check(context)]),
    write,
  );
  for (const { name, status, seconds } of checked) tell(name, status, seconds);
  const failed = checked.filter(({ status }) => status !== 0).length;
  /** @type {Tally[]} */
  const tallies = [{ passed: 0, failed, skipped: 0 }];
  /** @type {[string, boolean, () => Promise<Result>][]} */
  const stages = [
    [projects.join(', '), projects.length > 0, () => vitest(context, projects, filters)],
    ['e2e', ofConsole, () => playwright(context, filters)],
  ];
  for (const [name, wanted, stage] of failed > 0 ? [] : stages) {
    if (!wanted) continue;
    const began = performance.now();
    const [{ status, tally }, ...beside] = await Promise.all([
      stage(),
      ...(typesLater && name === 'e2e' ? [typesBeside(context)] : []),
    ]);
    tallies.push(tally, ...beside);
    tell(name, status, (performance.now() - began) / 1000);
    if (status === 0) continue;
    // A stage can fail without a failed test: an unhandled rejection.
    if (tally.failed === 0) tallies.push({ passed: 0, failed: 1, skipped: 0 });
    break;
  }
  const sum = total(tallies);
  process.stdout.write(`${closingLine(sum)}\n`);
  return conclude(sum, projects.length > 0 || chosen.has('e2e'));
}

/** @param {Context} context @returns {Promise<Tally>} */
async function typesBeside(context) {
  const began = performance.now();
  const { status, output } = await types(context, { yields: true });
  write(output);
  tell('types', status, (performance.now() - began) / 1000);
  return { passed: 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

/** @param {string} text */
function write(text) {
  process.stdout.write(text);
}

/** @param {string} name @param {number} status @param {number} seconds */
function tell(name, status, seconds) {
  process.stdout.write(`== ${name}: ${status === 0 ? 'ok' : 'failed'} in ${seconds.toFixed(1)} s\n`);
}

/**
 * A run of tests that ran none has proved nothing.
 * @param {Tally} sum
 * @param {boolean} testsWanted
 */
function conclude(sum, testsWanted) {
  if (sum.failed > 0) return 1;
  return testsWanted && sum.passed === 0 ? 1 : 0;
}

/** @param {Context} context @param {string[]} command */
function node({ root, env }, command) {
  return foreground(process.execPath, command, { cwd: root, env });
}

/** @param {Context} context @param {string[]} projects @param {string[]} filters @returns {Promise<Result>} */
async function vitest(context, projects, filters) {
  const report = freshReport(context, 'vitest.json');
  const status = await node(context, [
    ...['node_modules/vitest/vitest.mjs', 'run', ...filters],
    ...projects.flatMap((project) => ['--project', project]),
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ]);
  return { status, tally: vitestTally(report) };
}

/** The last run's report must not be counted when this run breaks off. @param {Context} context @param {string} name */
function freshReport(context, name) {
  const report = join(context.artifacts, name);
  rmSync(report, { force: true });
  return report;
}

/** @param {string} root */
function hasSpecs(root) {
  const folder = join(root, 'tests', 'e2e');
  return (
    existsSync(folder) &&
    readdirSync(folder, { recursive: true }).some((name) => `${name}`.endsWith('.spec.ts'))
  );
}

/** @param {Context} context @param {string[]} filters @returns {Promise<Result>} */
async function playwright(context, filters) {
  const report = freshReport(context, 'playwright.json');
  const env = { ...context.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const status = await node({ ...context, env }, [
    ...['node_modules/playwright/cli.js', 'test', ...filters, '--project=console', '--reporter=list,json'],
  ]);
  return { status, tally: playwrightTally(report) };
}
