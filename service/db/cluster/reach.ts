import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';
import { bootstrapRoles, type Passwords, rolesAreComplete } from './bootstrap.ts';
import { connectSession, isRefused, isStartingUp } from './session.ts';

/** Replaying a long log is work, not a hang: PostgreSQL says that it does, and is waited for. */
const REPLAY_PATIENCE_MS = 300_000;

export interface Reach {
  readonly endpoint: DatabaseEndpoint;
  readonly passwords: Passwords;
  readonly dataDir: string;
  /** How long silence is taken for starting. A postmaster that says it is starting up is given longer. */
  readonly patienceMs: number;
  /** Checked between attempts: throws when waiting is useless. */
  readonly stillThere: () => Promise<void>;
}

async function connectMigrator(reach: Reach, timeoutMs: number): Promise<pg.Client> {
  const credentials = { role: 'migrator', password: reach.passwords.migrator } as const;
  try {
    return await connectSession(reach.endpoint, credentials, timeoutMs);
  } catch (error) {
    if (!isRefused(error)) throw error;
    // A crash between initdb and here left no roles; a cluster of another key refuses the owner as well.
    await bootstrapRoles(reach.endpoint, reach.passwords, reach.dataDir);
    return connectSession(reach.endpoint, credentials, timeoutMs);
  }
}

const isFinal = (error: unknown): boolean => error instanceof Error && error.name === 'ClusterError';

/**
 * Connects as the migrator, waiting while the postmaster starts; creates roles that are missing.
 * @throws the last error when nothing answered within the patience
 */
export async function reachCluster(reach: Reach): Promise<pg.Client> {
  const begun = Date.now();
  for (;;) {
    try {
      const session = await connectMigrator(reach, Math.min(reach.patienceMs, 2000));
      if (!(await rolesAreComplete(session))) {
        await bootstrapRoles(reach.endpoint, reach.passwords, reach.dataDir);
      }
      return session;
    } catch (error) {
      const patience = isStartingUp(error) ? REPLAY_PATIENCE_MS : reach.patienceMs;
      if (isFinal(error) || Date.now() - begun >= patience) throw error;
      await reach.stillThere();
      await pause(10);
    }
  }
}
