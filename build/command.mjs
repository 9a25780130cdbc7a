import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { foreground } from './jobs/child.mjs';
import { runJob } from './jobs/jobs.mjs';
import { isRoot, ROOT } from './paths.mjs';
import { dataDirOfScans, withPaths } from './session/arguments.mjs';
import { openScans } from './session/scans.mjs';
import { bringHome, stage } from './session/stage.mjs';
import { RUN_VARIABLE, sweep } from './session/sweep.mjs';
import { dropTo, handOver, nodeFor, unprivilegedUser } from './session/user.mjs';
import { exitWith, SetupError, say, step } from './setup/report.mjs';
import { run } from './setup/run.mjs';
import { setUp } from './setup.mjs';

/** @typedef {import('./jobs/jobs.mjs').JobName} JobName */
/** @typedef {import('./session/user.mjs').User} User */

/**
 * @typedef {object} Command
 * @property {boolean} desktop needs the Electron runtime
 * @property {boolean} session runs in a private session: own display, bus and keyring
 * @property {boolean} tests starts what only tests need
 * @property {boolean} drop as root, runs as the unprivileged user
 * @property {boolean} environment keeps the caller's environment, where the service's configuration stands
 */

/** @type {Record<JobName, Command>} */
const COMMANDS = {
  test: { desktop: true, session: true, tests: true, drop: true, environment: false },
  tour: { desktop: true, session: true, tests: false, drop: true, environment: false },
  open: { desktop: true, session: false, tests: false, drop: false, environment: true },
  service: { desktop: false, session: false, tests: false, drop: true, environment: true },
  // They read and write what the service's user owns.
  backup: { desktop: false, session: false, tests: false, drop: true, environment: true },
  restore: { desktop: false, session: false, tests: false, drop: true, environment: true },
  soak: { desktop: false, session: false, tests: false, drop: true, environment: false },
  // A plain HTTP client: it opens no database and no browser, and may have to read its caller's operator file.
  simulate: { desktop: false, session: false, tests: false, drop: false, environment: true },
  // Reads the caller's own files, and nothing else.
  verify: { desktop: false, session: false, tests: false, drop: false, environment: true },
  // A plain HTTP client that reads its caller's file and keyboard.
  order: { desktop: false, session: false, tests: false, drop: false, environment: true },
  bench: { desktop: true, session: true, tests: false, drop: true, environment: false },
  // Certificates are named by the environment; nothing is started.
  package: { desktop: true, session: false, tests: false, drop: false, environment: true },
  'test-packaged': { desktop: true, session: true, tests: true, drop: true, environment: false },
};

/** What a private run may know of the session it is started from. */
const INHERITED = /^(PATH|LANG|LC_ALL|TERM|CI|NO_COLOR|FORCE_COLOR|COLUMNS|SALLYPORT_.*)$/;

/**
 * One npm command from beginning to end: set-up, privileges, private session, the job, and nothing left behind.
 * @param {JobName} job
 */
export function command(job) {
  return exitWith(async () => {
    const needs = COMMANDS[job];
    // What root fetches and stages is read by the user below, whatever root's own habit is.
    if (isRoot() && needs.drop) process.umask(0o022);
    const { electron } = await setUp(needs);
    const user = isRoot() && needs.drop ? await unprivilegedUser() : undefined;
    const args = process.argv.slice(2);
    const context = { job, args, ...(electron && { electron }) };
    if (user && job === 'test' && args.length === 0) await proveAsRoot();
    if (user) return runAs(user, context);
    const place = { root: ROOT, artifacts: join(ROOT, 'artifacts') };
    if (needs.session && process.platform === 'linux') return runBelow(undefined, { ...context, ...place });
    return runJob({ ...context, ...place, env: process.env });
  });
}

/** What only root can show, before a whole run of the tests gives root up. */
async function proveAsRoot() {
  const args = ['--test', join(ROOT, 'build', 'session', 'scans.root.mjs')];
  const { status, output } = await step('tests as root', () => run(process.execPath, args));
  if (status !== 0)
    throw new SetupError('user', `A test as root failed:\n${output}`, `node ${args.join(' ')}`);
}

/** @typedef {Omit<import('./jobs/jobs.mjs').Context, 'env' | 'root' | 'artifacts'>} Order */

/**
 * @param {User} user
 * @param {Order} context
 */
async function runAs(user, context) {
  const args = await handOverFolders(context, user);
  const { folder, release } = await stage(user);
  const artifacts = join(folder, 'artifacts');
  try {
    return await runBelow(user, { ...context, args, root: folder, artifacts });
  } finally {
    if (COMMANDS[context.job].session || context.job === 'soak') bringHome(folder);
    release();
  }
}

/**
 * Gives the folders of the arguments to the user who will run the job.
 * @param {Order} order
 * @param {User} user
 */
async function handOverFolders({ job, args }, user) {
  const found = withPaths(job, args, process.env.DATA_DIR);
  for (const folder of found.folders) await handOver(folder, user);
  return found.args;
}

/**
 * Where a service that root starts gives its scan plane a system user of its own.
 * @param {User | undefined} user
 * @param {Omit<import('./jobs/jobs.mjs').Context, 'env'>} context
 * @param {string} id
 */
function scansOf(user, { job, args, root }, id) {
  const dataDir = dataDirOfScans(job, args);
  return user && dataDir ? openScans({ dataDir, root, id, service: user }) : undefined;
}

/**
 * @param {User | undefined} user
 * @param {Omit<import('./jobs/jobs.mjs').Context, 'env'>} context
 */
async function runBelow(user, context) {
  const id = randomBytes(6).toString('hex');
  const { session, environment } = COMMANDS[context.job];
  const [file = '', ...prefix] = [...dropTo(user), nodeFor(user)];
  const scans = await scansOf(user, context, id);
  const plan = JSON.stringify({ ...context, id, session, scans: scans !== undefined });
  /** @type {number | undefined} */
  let leader;
  try {
    return await foreground(file, [...prefix, join(context.root, 'build', 'session', 'inside.mjs'), plan], {
      cwd: context.root,
      env: { ...inherited(environment), [RUN_VARIABLE]: id },
      // A session of its own: the terminal's interrupt reaches it once, through us.
      detached: true,
      ...(scans && { door: scans.door }),
      started: (pid) => {
        leader = pid;
        scans?.handedOver();
      },
    });
  } finally {
    await scans?.close();
    const ended = sweep(id, leader);
    if (ended.length > 0) say(`ended what was left running: ${ended.join(', ')}`);
  }
}

/** @param {boolean} everything */
function inherited(everything) {
  const known = Object.entries(process.env).filter(([name]) =>
    everything ? !/^(npm_|XDG_|HOME$|USER$|LOGNAME$)/.test(name) : INHERITED.test(name),
  );
  return { LANG: 'C.UTF-8', ...Object.fromEntries(known) };
}
