import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { give, openFolder, ownFolder, removeTree } from './folders.mjs';
import { endSession, RUN_VARIABLE } from './sweep.mjs';
import { dropTo, nodeFor, scansUser } from './user.mjs';

/** @typedef {import('./user.mjs').User} User */

/** Root's own, in a folder of root's: nobody else can have put anything there. */
const SOCKETS = '/run/sallyport-scans';

/** How long the warden may take to end after the service has. */
const GRACE_MS = 5_000;

/**
 * A folder in which the database puts a second socket, for the scan plane alone: the data directory is closed to it. Its user
 * may walk through and nothing else; what is made there gets its group, so that it may open the socket.
 * @param {string} base its parent is the caller's own
 * @param {string} dataDir
 * @param {User} service
 * @param {User} scans
 */
export function socketFolder(base, dataDir, service, scans) {
  ownFolder(base);
  // The same at every start: a database that outlived its launcher is found again.
  const path = join(base, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there && !there.isDirectory()) removeTree(path);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  give(openFolder(path), { uid: service.uid, gid: scans.gid }, 0o2710);
  return path;
}

/**
 * Starts the warden of the scan plane: a process of its own system user, which starts and ends the resolver when the launcher
 * says so over the one descriptor that joins them. Root keeps no end of it.
 * @param {{ dataDir: string, root: string, id: string, service: User }} place
 */
export async function openScans({ dataDir, root, id, service }) {
  const user = await scansUser();
  const sockets = socketFolder(SOCKETS, dataDir, service, user);
  const [file = '', ...prefix] = [...dropTo(user), nodeFor(user)];
  const plan = JSON.stringify({ sockets, folder: join(root, 'out', 'service') });
  const child = spawn(file, [...prefix, join(root, 'build', 'session', 'scans-warden.mjs'), plan], {
    cwd: '/',
    env: environment(id),
    stdio: ['ignore', 2, 2, 'pipe'],
    // The terminal's interrupt is the launcher's to hear.
    detached: true,
  });
  // A resolver that was taken over may have hidden from the sweep, or from the warden: it is in the warden's session.
  child.once('exit', () => void endSession(child.pid));
  const ended = once(child, 'exit');
  await Promise.race([once(child, 'spawn'), ended]);
  const door = /** @type {import('node:net').Socket} */ (child.stdio[3]);
  return {
    door,
    /** The launcher has its end now. */
    handedOver: () => void door.destroy(),
    close: async () => {
      door.destroy();
      const patience = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await ended;
      clearTimeout(patience);
      try {
        rmdirSync(sockets);
      } catch {
        // A database that was left running still has its socket there.
      }
    },
  };
}

/** @param {string} id */
function environment(id) {
  const { PATH = '', TZ } = process.env;
  return {
    ...{ PATH, LANG: 'C.UTF-8', HOME: '/nonexistent', TMPDIR: '/tmp', [RUN_VARIABLE]: id },
    ...(TZ === undefined ? {} : { TZ }),
  };
}
