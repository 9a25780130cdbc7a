import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cacheFolder } from '../paths.mjs';
import { SetupError, step } from '../setup/report.mjs';
import { run } from '../setup/run.mjs';
import { give, openFolder } from './folders.mjs';

/** @typedef {{ name: string, uid: number, gid: number }} User */

/** PostgreSQL refuses to run as root, Chromium's sandbox too: everything below the drop runs as this user. */
const NAME = 'sallyport';
/** The scan plane of a service that root started, which strangers reach, runs as another one (0275). */
const SCANS = 'sallyport-scans';

/** @param {string} name @returns {User | undefined} */
function lookUp(name) {
  // initdb asks the password database for its user's name, so a bare number would not do.
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}

export const unprivilegedUser = () => systemUser(NAME);
export const scansUser = () => systemUser(SCANS);

/** A user without privileges, home or shell, created when it does not exist yet. @param {string} name @returns {Promise<User>} */
async function systemUser(name) {
  const found = lookUp(name);
  if (found) return found;
  const args = [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ];
  await step(`user ${name}: useradd`, () => run('useradd', args));
  const created = lookUp(name);
  if (created) return created;
  throw new SetupError('user', `The user ${name} could not be created.`, `useradd ${args.join(' ')}`);
}

/**
 * The command line that gives up root for good: no capability, no way back through a set-user-id program. When the
 * parent dies, even by SIGKILL, the child is told to stop.
 * @param {User | undefined} user
 * @returns {string[]}
 */
export function dropTo(user) {
  if (process.platform !== 'linux') return [];
  if (!user) return ['setpriv', '--pdeathsig', 'TERM'];
  const { uid, gid } = user;
  return [
    ...[
      'setpriv',
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      '--inh-caps=-all',
      '--bounding-set=-all',
    ],
    ...['--no-new-privs', '--pdeathsig', 'TERM'],
  ];
}

/**
 * A Node that the user can start: the one in use may lie in root's home.
 * @param {User | undefined} user
 */
export function nodeFor(user) {
  if (!user || isOpenToAll(process.execPath)) return process.execPath;
  const copy = join(cacheFolder(), 'node', process.version, 'node');
  if (!existsSync(copy)) {
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
    copyFileSync(process.execPath, copy);
    chmodSync(copy, 0o755);
  }
  return copy;
}

/** Whether every folder on the way lets others through. @param {string} path */
function isOpenToAll(path) {
  for (let at = resolve(path); at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}

/**
 * Gives the service's data directory to the user, once, while it is empty. A directory with someone's files in it is
 * never taken over silently.
 * @param {string} folder
 * @param {User} user
 */
export async function handOver(folder, user) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  takeOver(folder, user);
  const [file = '', ...args] = [...dropTo(user), 'test', '-w', folder];
  if ((await run(file, args)).status === 0) return;
  throw new SetupError(
    'user',
    `The user ${user.name}, which runs the service, cannot reach ${folder}: a folder above it is closed.`,
    'choose a folder that is open to it, such as --data /var/lib/sallyport',
  );
}

/**
 * Looks at the folder that it opened and gives away that one: the name may lie in a folder that the user can change.
 * @param {string} folder
 * @param {User} user
 */
export function takeOver(folder, user) {
  if (statSync(folder).uid === user.uid) return;
  const refuse = (/** @type {string} */ why) =>
    new SetupError(
      'user',
      `${folder} ${why} and does not belong to the user ${user.name}, which runs the service.`,
      `chown -R ${user.name}: ${folder}`,
    );
  if (lstatSync(folder).isSymbolicLink()) throw refuse('is a link');
  const fd = openFolder(folder);
  if (readdirSync(`/proc/self/fd/${fd}`).length === 0) return give(fd, user, 0o700);
  closeSync(fd);
  throw refuse('holds files');
}
