import { readFileSync, readlinkSync } from 'node:fs';
import { readFile, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What `postmaster.pid` says (PostgreSQL `src/include/utils/pidfile.h`). */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  readonly sockets: string;
}

export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return { pid, port: Number.parseInt(lines[3] ?? '0', 10), sockets: lines[4] ?? '' };
}

/**
 * Whether a process runs. `kill(pid, 0)` succeeds on a zombie too, which nobody may ever reap in a container, so on
 * Linux its state is read.
 */
export function processState(pid: number): 'alive' | 'gone' {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : 'gone';
  }
  if (process.platform !== 'linux') return 'alive';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; the state follows its last parenthesis.
    const state = stat.charAt(stat.lastIndexOf(')') + 2);
    return state === 'Z' || state === 'X' ? 'gone' : 'alive';
  } catch {
    return 'gone';
  }
}

/** Whether this pid is a postmaster of this cluster: after a restart of the machine it may be anybody's. */
async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  if (processState(pid) === 'gone') return false;
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === (await realpath(cluster));
  } catch {
    return false;
  }
}

/** The running postmaster of the cluster, if there is one. */
export async function findPostmaster(cluster: string): Promise<PostmasterFile | undefined> {
  const file = await readPostmasterFile(cluster);
  if (!file) {
    await removeUnwrittenFile(join(cluster, 'postmaster.pid'));
    return undefined;
  }
  if (await servesCluster(file.pid, cluster)) return file;
  await removeMisleadingFiles(cluster, file);
  return undefined;
}

/** A starter writes its pid at once; a file that stays empty is left from a loss of power, and would stop every start. */
const UNWRITTEN_MS = 3000;

async function removeUnwrittenFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.size === 0 && Date.now() - found.mtimeMs > UNWRITTEN_MS) await rm(path, { force: true });
}

/**
 * A lock file that names a zombie, or a stranger that got the pid after a reboot, keeps a new postmaster from starting.
 * Any other stale file is left to PostgreSQL, which still refuses while shared memory of the old one is in use.
 */
async function removeMisleadingFiles(cluster: string, stale: PostmasterFile): Promise<void> {
  try {
    process.kill(stale.pid, 0);
  } catch {
    return;
  }
  for (const path of [join(cluster, 'postmaster.pid'), join(stale.sockets, `.s.PGSQL.${stale.port}.lock`)]) {
    const pid = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10);
    if (pid === stale.pid) await rm(path, { force: true });
  }
}

/** Whether the process that started this postmaster is gone, so that init or a subreaper is its parent now. */
export function isOrphan(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const parent = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0');
    if (parent <= 1) return true;
    // A subreaper (systemd --user, a container's init) is no Node or Electron process of ours.
    return /^(systemd|tini|dumb-init|docker-init|catatonit)/.test(
      readFileSync(`/proc/${parent}/comm`, 'latin1'),
    );
  } catch {
    return true;
  }
}

/** Fast shutdown, then immediate, then the kernel's: PostgreSQL recovers from its log after each of them. */
const STOP_STEPS = [
  ['SIGINT', 8000],
  ['SIGQUIT', 2000],
  ['SIGKILL', 2000],
] as const;

export async function stopPostmaster(pid: number, how: 'orderly' | 'at once' = 'orderly'): Promise<void> {
  for (const [signal, patienceMs] of how === 'orderly' ? STOP_STEPS : STOP_STEPS.slice(1)) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (processState(pid) === 'gone') return;
      await pause(5);
    }
  }
}
