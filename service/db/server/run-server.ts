import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';
import { type DirectoryLock, lockDirectory } from '../cluster/directory-lock.ts';
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
function refuseEmbedded({ dataDir }: ServerOptions): void {
  if (!existsSync(join(dataDir, 'postgres'))) return;
  throw new ServerError(
    'settings-invalid',
    `${dataDir} holds a database of its own, which DATABASE_URL would leave aside. Unset DATABASE_URL, or give another data directory. Nothing was changed.`,
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

async function bringUpToDate(session: pg.Client, options: ServerOptions): Promise<Server> {
  const ended = new Promise<void>((resolve) => session.once('end', () => resolve()));
  try {
    await refuseOpenDoor(session, options);
    await refuseForgetful(session, options);
    await migrate(session);
    await session.query('SET idle_session_timeout = 0');
    return watch(session, ended, options.endpoint);
  } catch (error) {
    await session.end().catch(() => undefined);
    throw error;
  }
}

const isAway = (error: unknown): boolean =>
  error instanceof ServerError && error.code === 'database-unreachable';

/** What a server that went away cut off, a migration too, can be tried again; any other failure is what it says. */
function named(error: unknown, { endpoint, maker }: ServerOptions): unknown {
  if (!(error instanceof MigrationError)) return connectionFailure(endpoint, maker.role, error);
  const why = connectionFailure(endpoint, 'migrator', error.cause);
  return isAway(why) ? why : error;
}

/** The data directory is free when the server is left. */
const keptBy = ({ lost, stop }: Server, lock: DirectoryLock): Server => ({
  lost,
  stop: async () => {
    await stop();
    await lock.release();
  },
});

async function reach(options: ServerOptions): Promise<Server> {
  try {
    return await bringUpToDate(await establish(options), options);
  } catch (error) {
    throw named(error, options);
  }
}

/**
 * Our database on a server that somebody else runs, with its schema up to date: what the database process does with `DATABASE_URL`.
 * Several may do so at once, each with a data directory of its own; those with one root key are instances of one service.
 * @throws ServerError, MigrationError, ClusterError when the data directory is another's or cannot be written
 */
export async function runServer(options: ServerOptions): Promise<Server> {
  const { dataDir, endpoint } = options;
  refuseEmbedded(options);
  const lock = await lockDirectory(dataDir);
  let server: Server | undefined;
  try {
    server = await reach(options);
    await markServer(dataDir, endpoint);
    return keptBy(server, lock);
  } catch (error) {
    await server?.stop();
    await lock.release();
    throw error;
  }
}
