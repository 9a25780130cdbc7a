import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, ROOT } from '../paths.mjs';
import { tryLock, withLock } from '../setup/lock.mjs';
import { SetupError, say, step } from '../setup/report.mjs';
import { run, tail } from '../setup/run.mjs';

/** @typedef {import('./user.mjs').User} User */

/** Made by a run, not by a developer; `out` and `artifacts` of the stage are its own. */
const LEFT_BEHIND = new Set(['node_modules', '.git', '.cache', 'out', 'dist', 'artifacts']);

/** So many runs of one clone may go on at the same time. */
const SLOTS = 8;

/**
 * A copy of the project that the unprivileged user can read, because root's clone may lie in a closed folder.
 * Sources are brought up to date every time; the packages are hard links to one copy per lock file.
 * @param {User} user
 * @returns {Promise<{ folder: string, release: () => void }>}
 */
export async function stage(user) {
  const base = join(cacheFolder(), 'stage');
  mkdirSync(base, { recursive: true, mode: 0o755 });
  const key = createHash('sha256').update(ROOT).digest('hex').slice(0, 8);
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const folder = join(base, `${key}-${slot}`);
    const release = tryLock(`${folder}.lock`);
    if (!release) continue;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      chownSync(folder, user.uid, user.gid);
      mirror(ROOT, folder, user);
      await linkPackages(folder, user);
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

/**
 * Makes `to` the same as `from`, except for what a run makes.
 * @param {string} from
 * @param {string} to
 * @param {User} user
 */
function mirror(from, to, user, top = true) {
  const wanted = new Set(readdirSync(from).filter((name) => !(top && LEFT_BEHIND.has(name))));
  for (const name of readdirSync(to)) {
    if (wanted.has(name) || (top && LEFT_BEHIND.has(name))) continue;
    rmSync(join(to, name), { recursive: true, force: true });
  }
  for (const name of wanted) {
    const [source, target] = [join(from, name), join(to, name)];
    const info = lstatSync(source);
    if (info.isDirectory()) {
      mkdirSync(target, { recursive: true, mode: 0o755 });
      chownSync(target, user.uid, user.gid);
      mirror(source, target, user, false);
    } else if (info.isFile() && !isSame(info, target)) {
      rmSync(target, { recursive: true, force: true });
      copyFileSync(source, target);
      chmodSync(target, info.mode & 0o100 ? 0o755 : 0o644);
      chownSync(target, user.uid, user.gid);
      utimesSync(target, info.atime, info.mtime);
    }
  }
}

/**
 * @param {import('node:fs').Stats} info
 * @param {string} target
 */
function isSame(info, target) {
  const other = lstatSync(target, { throwIfNoEntry: false });
  // A time set with utimes may lose its last fraction.
  return other?.isFile() === true && other.size === info.size && Math.abs(other.mtimeMs - info.mtimeMs) < 1;
}

/**
 * @param {string} folder
 * @param {User} user
 */
async function linkPackages(folder, user) {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16);
  const modules = join(folder, 'node_modules');
  const stamp = join(modules, '.staged');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const shared = await sharedPackages(lock);
  await step('packages for the unprivileged user: linked', async () => {
    rmSync(modules, { recursive: true, force: true });
    await copy(['-al', shared, modules]);
    // Tools keep their caches here. The packages' own files stay root's.
    chownSync(modules, user.uid, user.gid);
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
  mkdirSync(base, { recursive: true, mode: 0o755 });
  // Older copies go: the stages that use them hold links of their own. Retried, because a run that was killed may have
  // left its `cp` behind.
  for (const name of readdirSync(base)) {
    rmSync(join(base, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
  await step('packages for the unprivileged user: copied', async () => {
    const draft = `${shared}.${process.pid}`;
    await copy(['-a', join(ROOT, 'node_modules'), draft]);
    await run('chmod', ['-R', 'a+rX', draft]);
    for (const cache of ['.vite', '.vite-temp', '.cache'])
      rmSync(join(draft, cache), { recursive: true, force: true });
    renameSync(draft, shared);
  });
}

/** @param {string[]} args */
async function copy(args) {
  const { status, output } = await run('cp', args);
  if (status !== 0) throw new SetupError('packages', `cp failed:\n${tail(output)}`, `cp ${args.join(' ')}`);
}

/**
 * Brings a run's results home, to the owner of the clone. Only plain files and folders: the run was less trusted than
 * its parent, which must not follow a link out of them.
 * @param {string} from
 */
export function bringBack(from) {
  if (!existsSync(from)) return;
  const { uid, gid } = statSync(ROOT);
  const to = join(ROOT, 'artifacts');
  cpSync(from, to, {
    recursive: true,
    filter: (source, target) => {
      const info = lstatSync(source);
      const there = lstatSync(target, { throwIfNoEntry: false });
      return (info.isFile() || info.isDirectory()) && there?.isSymbolicLink() !== true;
    },
  });
  own(to, uid, gid);
  say(`results brought back to ${to}`);
}

/**
 * @param {string} path
 * @param {number} uid
 * @param {number} gid
 */
function own(path, uid, gid) {
  lchownSync(path, uid, gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) own(join(path, name), uid, gid);
}
