import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, ROOT } from '../paths.mjs';
import { tryLock } from '../setup/lock.mjs';
import { SetupError, say } from '../setup/report.mjs';
import { bringBack } from './bring-back.mjs';
import { givenFolder, ownFolder, removeTree } from './folders.mjs';
import { mirror } from './mirror.mjs';
import { linkPackages, TOOL_FOLDERS } from './packages.mjs';

/** @typedef {import('./user.mjs').User} User */

/** Made by a run, not by a developer: not copied. */
const LEFT_BEHIND = new Set(['node_modules', '.git', '.cache', 'out', 'dist', 'artifacts']);

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
      await linkPackages(ROOT, folder);
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

/** Brings a run's results to the clone, for its owner. @param {string} folder */
export function bringHome(folder) {
  const to = join(ROOT, 'artifacts');
  const { uid, gid } = statSync(ROOT);
  const left = bringBack(join(folder, 'artifacts'), to, { uid, gid });
  say(`results brought back to ${to}`);
  if (left.length > 0) say(`left behind, neither a folder nor a file of its own: ${left.join(', ')}`);
}
