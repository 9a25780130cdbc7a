import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { foreground } from './child.mjs';
import { compile } from './compile.mjs';
import { packageJob, testPackaged } from './package.mjs';
import { runTests } from './test.mjs';

/** Where a program finds what `foreground` gives it. */
const WARDEN_FD = 3;

/**
 * What a command does once everything it needs is there.
 * @typedef {object} Context
 * @property {JobName} job
 * @property {string} root the project, or its staged copy
 * @property {string} artifacts where results go
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} env
 * @property {import('../setup/electron.mjs').Runtime} [electron]
 * @property {boolean} [scans] descriptor 3 leads to the warden of the scan plane's own user
 *
 * @typedef {'test' | 'tour' | 'open' | 'service' | 'backup' | 'restore' | 'soak' | 'simulate' | 'verify' | 'order' | 'bench' | 'package' | 'test-packaged'} JobName
 */

/** @type {Record<JobName, (context: Context) => Promise<number>>} */
const JOBS = {
  test: runTests,
  tour: (context) => program(context, ['desktop', 'service', 'tools'], 'out/tools/tour.js'),
  open: openConsole,
  service: serve,
  backup: (context) => program(context, ['service'], 'out/service/backup.js'),
  restore: (context) => program(context, ['service'], 'out/service/restore.js'),
  soak: (context) => program(context, ['service', 'tools'], 'out/tools/soak.js'),
  simulate: (context) => program(context, ['tools'], 'out/tools/simulate.js'),
  verify: (context) => program(context, ['tools'], 'out/tools/verify.js'),
  order: (context) => program(context, ['tools'], 'out/tools/order.js'),
  bench: (context) => program(context, ['desktop', 'service', 'tools'], 'out/tools/bench.js'),
  package: packageJob,
  'test-packaged': testPackaged,
};

/** @param {Context} context */
export function runJob(context) {
  mkdirSync(context.artifacts, { recursive: true });
  return JOBS[context.job]({ ...context, env: { ...context.env, ...environment(context) } });
}

/** What the programs below find the app and its runtime by. @param {Context} context */
function environment({ root, artifacts, electron }) {
  const results = { SALLYPORT_ARTIFACTS: artifacts };
  if (!electron) return results;
  return {
    ...results,
    SALLYPORT_APP: join(root, 'out', 'main', 'main.js'),
    SALLYPORT_ELECTRON: electron.executable,
    // Diagnostics say which runtime is in use: `carried` is for development only.
    SALLYPORT_ELECTRON_SOURCE: electron.source,
    ELECTRON_OVERRIDE_DIST_PATH: electron.folder,
  };
}

/** @param {Context} context */
function serve({ args, ...context }) {
  const warden = context.scans ? ['--scans-warden', String(WARDEN_FD)] : [];
  return program({ ...context, args: [...args, ...warden] }, ['service'], 'out/service/launcher.js');
}

/**
 * Builds, then runs one bundled program on plain Node.
 * @param {Context} context
 * @param {import('./compile.mjs').Target[]} targets
 * @param {string} file
 */
async function program({ root, env, args, scans }, targets, file) {
  const status = await compile(targets, { root, env });
  if (status !== 0) return status;
  const door = scans ? { door: WARDEN_FD } : {};
  return foreground(process.execPath, [join(root, file), ...args], { cwd: root, env, ...door });
}

/** The console itself, on the desktop of whoever called. @param {Context} context */
async function openConsole({ root, env, args, electron }) {
  const status = await compile(['desktop', 'service'], { root, env });
  if (status !== 0) return status;
  if (!electron) throw new Error('the console needs the Electron runtime');
  return foreground(electron.executable, [join(root, 'out', 'main', 'main.js'), ...args], { cwd: root, env });
}
