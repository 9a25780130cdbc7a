import { existsSync } from 'node:fs';
import type pg from 'pg';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';
import { onStorage } from '../cluster/cluster-error.ts';
import { type DirectoryLock, lockDirectory } from '../cluster/directory-lock.ts';
import { findCluster } from '../cluster/initialise.ts';
import { markServer } from '../cluster/server-marker.ts';
import { MigrationError, migrate } from '../migrate.ts';
import { establish } from './establish.ts';
import { refuseForgetful } from './inspect.ts';
import { refuseOpenDoor } from './roles.ts';
import { connectionFailure, nameOf, ServerError } from './server-error.ts';
import type { Target } from './target.ts';

interface ServerOptions extends Target {
  readonly dataDir: string;
}

export interface Server {
  /** Resolves with the reason when the server is lost; never when it is left. */
  readonly lost: Promise<ServerError>;
  /** Leaves it; it goes on serving others. */
  stop(): Promise<void>;
}

/** An embedded database holds what was done so far; a service that began anew beside it would look as if all were lost. */
async function refuseEmbedded(dataDir: string): Promise<void> {
  const found = existsSync(dataDir) ? await onStorage(dataDir, () => findCluster(dataDir)) : undefined;
  if (found === undefined) return;
  throw new ServerError(
    'settings-invalid',
    `${dataDir} holds a database of its own, ${found}, which DATABASE_URL would leave aside. Unset DATABASE_URL, or give another data directory. Nothing was changed.`,
  );
}

/** Watches the server through a session that nobody else uses: it ends when the server does, or the way to it. */
function watch(session: pg.Client, ended: Promise<void>, endpoint: DatabaseEndpoint): Server {
  let left = false;
  const lost = ended.then(() =>
    left
      ? new Promise<never>(() => undefined)
      : new ServerError('database-unreachable', `${nameOf(endpoint)} ended the connection.`),
  );
  const stop = async () => {
    left = true;
    await session.end().catch(() => undefined);
  };
  return { lost, stop };
}

/** A session on our database. Nothing of the service is in it as yet where it was made just now. */
async function reach(options: ServerOptions): Promise<pg.Client> {
  const session = await establish(options);
  try {
    await refuseOpenDoor(session, options);
    await refuseForgetful(session, options);
    return session;
  } catch (error) {
    await session.end().catch(() => undefined);
    throw error;
  }
}

async function bringUpToDate(session: pg.Client, { endpoint }: ServerOptions): Promise<Server> {
  const ended = new Promise<void>((resolve) => session.once('end', () => resolve()));
  await migrate(session);
  await session.query('SET idle_session_timeout = 0');
  return watch(session, ended, endpoint);
}

const isAway = (error: unknown): boolean =>
  error instanceof ServerError && error.code === 'database-unreachable';

/** What a server that went away cut off, a migration too, can be tried again; any other failure is what it says. */
async function named<T>(work: Promise<T>, { endpoint, maker }: ServerOptions): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof MigrationError)) throw connectionFailure(endpoint, maker.role, error);
    const why = connectionFailure(endpoint, 'migrator', error.cause);
    throw isAway(why) ? why : error;
  }
}

/** The data directory is free when the server is left. */
const keptBy = ({ lost, stop }: Server, lock: DirectoryLock): Server => ({
  lost,
  stop: async () => {
    await stop();
    await lock.release();
  },
});

async function serve(options: ServerOptions): Promise<Server> {
  const session = await named(reach(options), options);
  try {
    // Before the first row: a start that has lost its `DATABASE_URL` must know that there may be something to miss.
    await markServer(options.dataDir, options.endpoint);
    return await named(bringUpToDate(session, options), options);
  } catch (error) {
    await session.end().catch(() => undefined);
    throw error;
  }
}

/**
 * Our database on a server that somebody else runs, with its schema up to date: what the database process does with `DATABASE_URL`.
 * Several may do so at once, each with a data directory of its own; those with one root key are instances of one service.
 * @throws ServerError, MigrationError, ClusterError when the data directory is another's or cannot be written
 */
export async function runServer(options: ServerOptions): Promise<Server> {
  const { dataDir } = options;
  await refuseEmbedded(dataDir);
  const lock = await lockDirectory(dataDir);
  try {
    // Who began to make a database before it could see this lock is seen here.
    await refuseEmbedded(dataDir);
    return keptBy(await serve(options), lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}
