import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, ROOT } from '../paths.mjs';
import { tryLock, withLock } from '../setup/lock.mjs';
import { SetupError, say, step } from '../setup/report.mjs';
import { run, tail } from '../setup/run.mjs';
import { bringBack } from './bring-back.mjs';
import { givenFolder, ownFolder, removeTree } from './folders.mjs';
import { mirror } from './mirror.mjs';

/** @typedef {import('./user.mjs').User} User */

/** Made by a run, not by a developer: not copied. */
const LEFT_BEHIND = new Set(['node_modules', '.git', '.cache', 'out', 'dist', 'artifacts']);

/** Where the tools that a run starts keep their drafts, beside the packages. */
const TOOL_FOLDERS = ['.vite', '.vite-temp', '.cache'];

/** All that the user can write in a stage. */
const WRITABLE = ['out', 'dist', 'artifacts', ...TOOL_FOLDERS.map((name) => join('node_modules', name))];

/** So many runs of one clone may go on at the same time. */
const SLOTS = 8;

/**
 * A copy of the project that the unprivileged user can read, because root's clone may lie in a closed folder. It stays
 * root's: a run that could change the stage itself could put a link where root writes the next time. Sources are
 * brought up to date every time; the packages are hard links to one copy per lock file.
 * @param {User} user
 * @returns {Promise<{ folder: string, release: () => void }>}
 */
export async function stage(user) {
  const base = join(cacheFolder(), 'stages');
  mkdirSync(cacheFolder(), { recursive: true });
  ownFolder(base);
  const key = createHash('sha256').update(ROOT).digest('hex').slice(0, 8);
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const folder = join(base, `${key}-${slot}`);
    const release = tryLock(`${folder}.lock`);
    if (!release) continue;
    try {
      mirror(ROOT, folder, LEFT_BEHIND);
      await linkPackages(folder);
      prepare(folder, user);
      return { folder, release };
    } catch (error) {
      release();
      throw error;
    }
  }
  throw new SetupError(
    'locked',
    `${SLOTS} runs of this clone are going on already.`,
    'wait for one of them to end',
  );
}

/** @param {string} folder @param {User} user */
function prepare(folder, user) {
  // The results that come back are this run's.
  removeTree(join(folder, 'artifacts'));
  for (const name of WRITABLE) givenFolder(join(folder, name), user);
}

/** @param {string} folder */
async function linkPackages(folder) {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16);
  const modules = join(folder, 'node_modules');
  const stamp = join(modules, '.staged');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const shared = await sharedPackages(lock);
  await step('packages for the unprivileged user: linked', async () => {
    removeTree(modules);
    await copy(['-al', shared, modules]);
    writeFileSync(stamp, lock);
  });
}

/** One world-readable copy of node_modules per lock file. @param {string} lock */
async function sharedPackages(lock) {
  const base = join(cacheFolder(), 'packages');
  const shared = join(base, lock);
  await withLock(`${base}.lock`, async () => {
    if (!existsSync(shared)) await copyPackages(base, shared);
  });
  return shared;
}

/** @param {string} base @param {string} shared */
async function copyPackages(base, shared) {
  ownFolder(base);
  // Older copies go: the stages that use them hold links of their own. Retried, because a run that was killed may have
  // left its `cp` behind.
  for (const name of readdirSync(base)) {
    rmSync(join(base, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
  await step('packages for the unprivileged user: copied', async () => {
    const draft = `${shared}.${process.pid}`;
    await copy(['-a', join(ROOT, 'node_modules'), draft]);
    await run('chmod', ['-R', 'a+rX', draft]);
    for (const name of TOOL_FOLDERS) removeTree(join(draft, name));
    renameSync(draft, shared);
  });
}

/** @param {string[]} args */
async function copy(args) {
  const { status, output } = await run('cp', args);
  if (status !== 0) throw new SetupError('packages', `cp failed:\n${tail(output)}`, `cp ${args.join(' ')}`);
}

/** Brings a run's results to the clone, for its owner. @param {string} folder */
export function bringHome(folder) {
  const to = join(ROOT, 'artifacts');
  const { uid, gid } = statSync(ROOT);
  const left = bringBack(join(folder, 'artifacts'), to, { uid, gid });
  say(`results brought back to ${to}`);
  if (left.length > 0) say(`left behind, neither a folder nor a file of its own: ${left.join(', ')}`);
}
