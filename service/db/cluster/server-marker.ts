import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';
import { ClusterError, onStorage } from './cluster-error.ts';
import { refuseHeld } from './directory-lock.ts';

/** Lies in the data directory of a service whose database is, or was to be, on a server that somebody else runs (decision 0304). */
export const SERVER_MARKER = 'database-server';

/** Says where the data are, and no password. */
export async function markServer(dataDir: string, { host, port, database }: DatabaseEndpoint): Promise<void> {
  const path = join(dataDir, SERVER_MARKER);
  const draft = `${path}.${process.pid}`;
  await onStorage(dataDir, async () => {
    try {
      await writeFile(draft, `host=${host}\nport=${port}\ndatabase=${database}\n`, {
        ...{ mode: 0o600, flush: true },
      });
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  });
}

/**
 * A service that lost its `DATABASE_URL` would begin anew in its data directory, and look as if all were lost.
 * @throws ClusterError while the marker stands, or cannot be looked for, and while somebody may be about to write it
 */
export async function refuseServed(dataDir: string): Promise<void> {
  const path = join(dataDir, SERVER_MARKER);
  // Whoever holds it and lets go of it meanwhile has left the marker first.
  await refuseHeld(dataDir);
  const found = await onStorage(dataDir, () =>
    stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    }),
  );
  if (found)
    throw new ClusterError(
      'settings-invalid',
      `The data of the service in ${dataDir} are on a PostgreSQL server, or were to be; ${path} says on which. Set DATABASE_URL again, or remove that file to begin with an empty database here. Nothing was changed.`,
    );
}
