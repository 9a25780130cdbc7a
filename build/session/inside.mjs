/**
 * The top of everything that runs without privilege: makes the run's own folders, starts the private session when the
 * job needs one, runs the job and takes all of it down again.
 * Usage: node inside.mjs '{"id", "job", "args", "session", ...}'
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runJob } from '../jobs/jobs.mjs';
import { startBus, startDisplay, startKeyring } from './parts.mjs';
import { runFolder } from './sweep.mjs';

/** @typedef {import('../jobs/jobs.mjs').Context & { id: string, session: boolean }} Plan */

/** @type {Plan} */
const plan = JSON.parse(process.argv[2] ?? '{}');

/** Folders of the run's own: nothing of the real user is read or changed. @param {string} base */
function privateFolders(base) {
  // Fails when it exists: nobody can have prepared it for us.
  mkdirSync(base, { mode: 0o700 });
  const env = /** @type {Record<string, string>} */ ({ ...process.env });
  const names = {
    HOME: 'home',
    TMPDIR: 'tmp',
    XDG_RUNTIME_DIR: 'run',
    XDG_CONFIG_HOME: 'config',
    XDG_CACHE_HOME: 'cache',
    XDG_DATA_HOME: 'data',
    XDG_STATE_HOME: 'state',
  };
  for (const [variable, name] of Object.entries(names)) {
    env[variable] = join(base, name);
    mkdirSync(join(base, name), { mode: 0o700 });
  }
  return env;
}

/**
 * @param {Record<string, string>} env
 * @param {import('./parts.mjs').Child[]} parts
 */
async function startSession(env, parts) {
  await startBus(env, parts);
  await startKeyring(env, parts);
  await startDisplay(env, parts);
}

/** @param {import('./parts.mjs').Child[]} parts */
async function stop(parts) {
  for (const part of parts.reverse()) {
    if (part.pid === undefined || part.exitCode !== null || part.signalCode !== null) continue;
    const gone = new Promise((resolve) => part.once('exit', resolve));
    part.kill('SIGTERM');
    const timer = setTimeout(() => part.kill('SIGKILL'), 3000);
    await gone;
    clearTimeout(timer);
  }
}

const base = runFolder(plan.id);
/** @type {import('./parts.mjs').Child[]} */
const parts = [];
try {
  const env = privateFolders(base);
  if (plan.session) await startSession(env, parts);
  process.exitCode = await runJob({ ...plan, env });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exitCode = 1;
} finally {
  await stop(parts);
  rmSync(base, { recursive: true, force: true });
}
// Nothing that a job left open may keep the run alive.
process.exit();
