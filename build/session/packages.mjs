import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../paths.mjs';
import { withLock } from '../setup/lock.mjs';
import { SetupError, step } from '../setup/report.mjs';
import { run, tail } from '../setup/run.mjs';
import { ownFolder, removeTree } from './folders.mjs';

/** Where the tools that a run starts keep their drafts, beside the packages. */
export const TOOL_FOLDERS = ['.vite', '.vite-temp', '.cache'];

/** Clones of one machine may be at different lock files at the same time. */
const KEPT = 3;

/**
 * Gives a stage the packages of the clone: hard links to one world-readable tree per lock file, whose files stay the
 * caller's.
 * @param {string} root the clone
 * @param {string} folder the stage
 */
export async function linkPackages(root, folder) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16);
  const modules = join(folder, 'node_modules');
  const stamp = join(modules, '.staged');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const base = join(cacheFolder(), 'packages');
  mkdirSync(cacheFolder(), { recursive: true });
  // Held until the links are made: another clone's run may be clearing away what it does not need.
  await withLock(`${base}.lock`, () =>
    step('packages for the unprivileged user', async () => {
      const shared = await sharedPackages(root, base, lock);
      removeTree(modules);
      await must(['-al', shared, modules]);
      writeFileSync(stamp, lock);
    }),
  );
}

/** @param {string} root @param {string} base @param {string} lock */
async function sharedPackages(root, base, lock) {
  ownFolder(base);
  const shared = join(base, lock);
  if (!existsSync(shared)) {
    const draft = `${shared}.${process.pid}`;
    removeTree(draft);
    await reproduce(join(root, 'node_modules'), draft);
    for (const name of TOOL_FOLDERS) removeTree(join(draft, name));
    renameSync(draft, shared);
  }
  const now = new Date();
  utimesSync(shared, now, now);
  // The stages that use an older tree hold links of their own.
  for (const name of latestFirst(base).slice(KEPT)) removeTree(join(base, name));
  return shared;
}

/** @param {string} base */
function latestFirst(base) {
  const used = (/** @type {string} */ name) => statSync(join(base, name)).mtimeMs;
  return readdirSync(base).sort((left, right) => used(right) - used(left));
}

/**
 * Links where the cache lies on the same file system and everybody may read the clone's packages: nothing is copied
 * then, and nothing of the clone is changed. Copies otherwise.
 * @param {string} from
 * @param {string} to
 */
async function reproduce(from, to) {
  if ((await isOpen(from)) && (await run('cp', ['-al', from, to])).status === 0) return;
  removeTree(to);
  await must(['-a', from, to]);
  await run('chmod', ['-R', 'a+rX', to]);
}

/** @param {string} folder */
async function isOpen(folder) {
  const closed = ['!', '-type', 'l', '!', '-perm', '-o+r', '-o', '-type', 'd', '!', '-perm', '-o+x'];
  const { status, output } = await run('find', [folder, '(', ...closed, ')', '-print', '-quit']);
  return status === 0 && output === '';
}

/** @param {string[]} args for cp(1), which keeps hard links and times */
async function must(args) {
  const { status, output } = await run('cp', args);
  if (status !== 0) throw new SetupError('packages', `cp failed:\n${tail(output)}`, `cp ${args.join(' ')}`);
}
