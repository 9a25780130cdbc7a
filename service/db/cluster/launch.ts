import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile, rename, stat } from 'node:fs/promises';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';
import { SYNC_METHOD, spawnBinary } from './binaries.ts';
import { ClusterError, corrupt, onStorage, storageFailure } from './cluster-error.ts';
import type { ClusterLayout } from './layout.ts';
import { listenArguments } from './listen.ts';

/** What the embedded cluster is for: one machine, a few dozen connections, nothing acknowledged before it is on disk. */
const SETTINGS = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  recovery_init_sync_method: SYNC_METHOD,
  password_encryption: 'scram-sha-256',
  max_connections: '64',
  shared_buffers: '32MB',
  // The io workers and the logical launcher would be four more idle processes (PostgreSQL 18 defaults).
  io_method: 'sync',
  max_logical_replication_workers: '0',
  jit: 'off',
  // Values of rows must not reach the log: no statements, no DETAIL lines.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_statement: 'none',
  log_checkpoints: 'off',
  cluster_name: 'sallyport',
} as const;

/** The log of the previous starts is kept once; PostgreSQL writes little at this verbosity. */
const MAX_LOG_BYTES = 4 * 1024 * 1024;

export interface LaunchedPostmaster {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it wrote to its log since it was launched. */
  readonly output: () => Promise<string>;
}

async function openLog(layout: ClusterLayout) {
  const size = (await stat(layout.log).catch(() => undefined))?.size ?? 0;
  if (size > MAX_LOG_BYTES) await rename(layout.log, `${layout.log}.1`);
  const file = await open(layout.log, 'a', 0o600);
  await file.chmod(0o600);
  return { file, offset: size > MAX_LOG_BYTES ? 0 : size };
}

/**
 * Starts a postmaster in a process group of its own, so that Ctrl-C in a terminal reaches it through the orderly stop
 * only, writing to a file, so that it survives this process and can be adopted.
 */
export async function launchPostmaster(
  layout: ClusterLayout,
  binaries: string,
  endpoint: DatabaseEndpoint,
  scanSockets?: string,
): Promise<LaunchedPostmaster> {
  const { file, offset } = await onStorage(layout.dataDir, () => openLog(layout));
  try {
    // Starters that race write to one log: each line says whose it is.
    const mark = `start ${randomBytes(4).toString('hex')}`;
    const marked = { ...SETTINGS, log_line_prefix: `%m ${mark} [%p] ` };
    const settings = Object.entries(marked).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawnBinary(
      binaries,
      'postgres',
      ['-D', layout.cluster, ...settings, ...listenArguments(endpoint, scanSockets)],
      { stdio: ['ignore', file.fd, file.fd], detached: true },
    );
    await once(child, 'spawn');
    const output = async () => linesOf(mark, (await readFile(layout.log)).subarray(offset).toString('utf8'));
    return { child, pid: child.pid ?? 0, output };
  } finally {
    await file.close();
  }
}

/** Lines of one start, and those that the loader wrote before there was a prefix. */
const linesOf = (mark: string, text: string): string =>
  text
    .split('\n')
    .filter((line) => line.includes(mark) || !/ start [0-9a-f]{8} \[/.test(line))
    .join('\n');

/** Lines that PostgreSQL writes when the machine, not the data directory, is at fault. */
const MACHINE_AT_FAULT =
  /loading shared libraries|shared memory segment|semaphore|could not (create|bind|listen)/;

/** Names why a postmaster ended while it started, from what it wrote. */
export function startFailure(layout: ClusterLayout, output: string): ClusterError {
  const cause = new Error(output.slice(-4000));
  const lines = output.split('\n').filter((line) => /FATAL|PANIC|error while loading/.test(line));
  const worst = lines.at(-1)?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? 'it gave no reason';
  const named = storageFailure(layout.dataDir, output, cause);
  if (named) return named;
  if (lines.length === 0 || MACHINE_AT_FAULT.test(output)) {
    return new ClusterError('internal', `PostgreSQL does not start: ${worst}. See ${layout.log}.`, { cause });
  }
  return corrupt(layout.dataDir, worst, cause);
}

/** It runs, yet every connection fails on a file that is gone: it will never serve. */
export const cannotServe = (output: string): boolean =>
  /(FATAL|PANIC):.*could not (open|read) file (?!"postmaster)/.test(output);

/** Another starter was faster by milliseconds: its postmaster is there now. */
export const lostTheRace = (output: string): boolean =>
  /lock file ".*" (already exists|is empty)|bogus data in lock file/.test(output);

/** Processes of a killed postmaster are still leaving. */
export const oldOneLeaving = (output: string): boolean => /pre-existing shared memory block/.test(output);
