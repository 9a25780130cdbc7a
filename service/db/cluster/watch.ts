import { ClusterError } from './cluster-error.ts';
import type { InstanceLock } from './instance-lock.ts';
import { processState } from './postmaster.ts';

export interface ClusterWatch {
  readonly lost: Promise<ClusterError>;
  /** Ends the watch; @returns the lock as it is held now. */
  stop(): InstanceLock;
}

interface Watched {
  readonly pid: number;
  readonly lock: InstanceLock;
  readonly relock: () => Promise<InstanceLock>;
}

/**
 * Watches the cluster through the connection that holds its lock: it ends when the postmaster dies, ours or adopted,
 * without polling.
 */
export function watchCluster({ pid, lock, relock }: Watched): ClusterWatch {
  let held = lock;
  let stopped = false;

  const watch = async (): Promise<ClusterError> => {
    for (;;) {
      await held.lost;
      if (stopped) return new Promise(() => undefined);
      try {
        held = await relock();
      } catch (cause) {
        if (stopped) return new Promise(() => undefined);
        if (cause instanceof ClusterError && cause.code === 'data-dir-in-use') return cause;
        const state = processState(pid) === 'gone' ? 'ended unexpectedly' : 'does not answer any more';
        return new ClusterError('database-unreachable', `PostgreSQL ${state}.`, { cause });
      }
    }
  };

  const stop = (): InstanceLock => {
    stopped = true;
    return held;
  };
  return { lost: watch(), stop };
}
