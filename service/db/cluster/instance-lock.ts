import type pg from 'pg';
import { inUse } from './cluster-error.ts';

/** Key of the advisory lock that makes one process the cluster's keeper. Any constant does; it must never change. */
const INSTANCE_LOCK = '6004227135104882';

export interface InstanceLock {
  /** Resolves when the connection that holds the lock is gone, however that happened. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the session-level lock on a connection of its own: it is free the moment its holder dies, and held no longer.
 * @throws ClusterError `data-dir-in-use` when another process keeps this cluster
 */
export async function takeInstanceLock(session: pg.Client, dataDir: string): Promise<InstanceLock> {
  const lost = new Promise<void>((resolve) => session.once('end', () => resolve()));
  const { rows } = await session.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
    INSTANCE_LOCK,
  ]);
  if (rows[0]?.taken !== true) throw inUse(dataDir);
  return { lost, release: () => session.end().catch(() => undefined) };
}
