import { readFile, rmdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';
import { refuseRoot } from './binaries.ts';
import type { Passwords } from './bootstrap.ts';
import { ClusterError, inUse } from './cluster-error.ts';
import { ensureInitialised, refuseDamaged } from './initialise.ts';
import { type InstanceLock, takeInstanceLock } from './instance-lock.ts';
import {
  cannotServe,
  type LaunchedPostmaster,
  launchPostmaster,
  lostTheRace,
  oldOneLeaving,
  startFailure,
} from './launch.ts';
import { type ClusterLayout, layoutOf, prepareLayout } from './layout.ts';
import { chooseEndpoint, endpointOf, listensForScans } from './listen.ts';
import {
  findPostmaster,
  isOrphan,
  type PostmasterFile,
  processState,
  readPostmasterFile,
  stopPostmaster,
} from './postmaster.ts';
import { reachCluster } from './reach.ts';
import { refuseServed } from './server-marker.ts';
import { watchCluster } from './watch.ts';

export interface ClusterOptions {
  readonly dataDir: string;
  /** Folder that holds `bin/postgres` and `bin/initdb`. */
  readonly binaries: string;
  /** A second folder to listen in, for the scan plane's own system user. */
  readonly scanSockets?: string | undefined;
  readonly passwords: Passwords;
  readonly log: { warn(fields: object, message: string): void };
}

export interface Cluster {
  readonly endpoint: DatabaseEndpoint;
  readonly pid: number;
  /** It ran already, left by a process that was killed, and serves on without a break. */
  readonly adopted: boolean;
  /** Resolves with the reason when the cluster is lost; never when it is stopped. */
  readonly lost: Promise<ClusterError>;
  stop(): Promise<void>;
}

interface Running {
  readonly pid: number;
  readonly endpoint: DatabaseEndpoint;
  readonly session: pg.Client;
  readonly launched: LaunchedPostmaster | undefined;
}

/** A postmaster that neither answers nor says that it starts, within this time, hangs. Below the 2 s of SPEC 19.8. */
const ADOPTION_PATIENCE_MS = 1200;
const START_PATIENCE_MS = 30_000;
/** Starters that race, and processes of a killed postmaster, are gone after a few of these. */
const ATTEMPTS = 100;
const BETWEEN_ATTEMPTS_MS = 50;

/**
 * Runs the private cluster of a data directory: made when missing, adopted when it runs already, started otherwise,
 * and kept by exactly one process.
 * @throws ClusterError with a sentence for a person
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  refuseRoot();
  const layout = layoutOf(options.dataDir);
  await prepareLayout(layout);
  await refuseServed(options.dataDir);
  await ensureInitialised(layout, options.binaries, options.passwords.owner);
  await refuseDamaged(layout, (path) => readFile(path));
  const { running, lock } = await becomeKeeper(layout, options);
  return keep(layout, options, running, lock);
}

async function becomeKeeper(
  layout: ClusterLayout,
  options: ClusterOptions,
): Promise<{ running: Running; lock: InstanceLock }> {
  for (let attempt = 1; ; attempt += 1) {
    const running = await runPostmaster(layout, options);
    try {
      return { running, lock: await takeInstanceLock(running.session, layout.dataDir) };
    } catch (error) {
      await running.session.end().catch(() => undefined);
      // Whoever holds the lock keeps the postmaster, even one that we launched a moment ago.
      if (error instanceof ClusterError || attempt === ATTEMPTS) throw error;
      await pause(BETWEEN_ATTEMPTS_MS);
    }
  }
}

async function runPostmaster(layout: ClusterLayout, options: ClusterOptions): Promise<Running> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await findPostmaster(layout.cluster);
    const running = found ? await adopt(layout, options, found) : await launch(layout, options);
    if (running) return running;
    if (attempt === ATTEMPTS) throw inUse(layout.dataDir);
    await pause(BETWEEN_ATTEMPTS_MS);
  }
}

/** @returns `undefined` when it went away meanwhile or had to be stopped: then look again. */
async function adopt(
  layout: ClusterLayout,
  { passwords, dataDir, scanSockets, log }: ClusterOptions,
  found: PostmasterFile,
): Promise<Running | undefined> {
  const endpoint = endpointOf(found, layout);
  const stillThere = async () => {
    if (processState(found.pid) === 'gone')
      throw new ClusterError('database-unreachable', 'PostgreSQL went away.');
  };
  // It hangs, or listens elsewhere. If the process that started it is alive, that one has to decide; otherwise nobody else will.
  const end = async (pid: number, how: 'orderly' | 'at once'): Promise<void> => {
    if (!isOrphan(pid)) throw inUse(dataDir);
    log.warn({ pid, cluster: layout.cluster }, 'stopping an orphaned postmaster that does not serve');
    await stopPostmaster(pid, how);
  };
  try {
    const session = await reachCluster({
      endpoint,
      passwords,
      dataDir,
      patienceMs: ADOPTION_PATIENCE_MS,
      stillThere,
    });
    if (listensForScans(endpoint.port, scanSockets))
      return { pid: found.pid, endpoint, session, launched: undefined };
    await session.end();
  } catch (error) {
    if (processState(found.pid) === 'gone') return undefined;
    if (error instanceof ClusterError) throw error;
    await end(found.pid, 'at once');
    return undefined;
  }
  await end(found.pid, 'orderly');
  return undefined;
}

/** @returns `undefined` when another starter was faster or an old cluster is still leaving: then look again. */
async function launch(layout: ClusterLayout, options: ClusterOptions): Promise<Running | undefined> {
  const endpoint = await chooseEndpoint(layout);
  const launched = await launchPostmaster(layout, options.binaries, endpoint, options.scanSockets);
  const stillThere = async () => {
    const { exitCode, signalCode } = launched.child;
    const output = await launched.output();
    if (exitCode !== null || signalCode !== null || cannotServe(output)) throw startFailure(layout, output);
  };
  try {
    const reach = { ...options, endpoint, patienceMs: START_PATIENCE_MS, stillThere };
    const session = await reachCluster(reach);
    if ((await readPostmasterFile(layout.cluster))?.pid === launched.pid) {
      return { pid: launched.pid, endpoint, session, launched };
    }
    // The socket that answered is of a postmaster that was faster than ours.
    await session.end();
    return undefined;
  } catch (error) {
    const output = await launched.output();
    if (launched.child.exitCode !== null && (lostTheRace(output) || oldOneLeaving(output))) return undefined;
    await stopPostmaster(launched.pid, 'at once');
    throw error;
  }
}

function keep(layout: ClusterLayout, options: ClusterOptions, running: Running, lock: InstanceLock): Cluster {
  const { pid, endpoint, launched } = running;
  // Reading the exit status keeps it from staying behind as a zombie; it does not keep this process alive.
  launched?.child.unref();
  const watch = watchCluster({ pid, lock, relock: () => relock(layout, options, running) });
  const stop = async () => {
    const held = watch.stop();
    await stopPostmaster(pid);
    await held.release();
    await rmdir(layout.sockets).catch(() => undefined);
  };
  return { endpoint, pid, adopted: launched === undefined, lost: watch.lost, stop };
}

/** After a crash of one backend the postmaster drops every connection and starts over; the lock is taken again. */
async function relock(
  layout: ClusterLayout,
  options: ClusterOptions,
  running: Running,
): Promise<InstanceLock> {
  const stillThere = async () => {
    if (processState(running.pid) === 'gone')
      throw new ClusterError('database-unreachable', 'PostgreSQL ended.');
  };
  const reach = { ...options, endpoint: running.endpoint, patienceMs: START_PATIENCE_MS, stillThere };
  const session = await reachCluster(reach);
  return takeInstanceLock(session, layout.dataDir);
}
