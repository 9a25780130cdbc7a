import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError } from './cluster-error.ts';

const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/**
 * How a thousand files get to the disk at once, after initdb and before a recovery: one call for the file system where
 * there is one (Linux, syncfs(2)) takes a fifth of the time of one for each file.
 */
export const SYNC_METHOD = process.platform === 'linux' ? 'syncfs' : 'fsync';

/** Nothing of our own environment reaches PostgreSQL: its variables (`PGDATA`, `PGOPTIONS`) would steer it. */
const cleanEnvironment = (): NodeJS.ProcessEnv => ({
  ...(process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot }),
  PATH: process.env.PATH ?? '',
  LC_ALL: 'C',
  TZ: 'UTC',
});

export function refuseRoot(uid = process.geteuid?.()): void {
  if (uid !== 0) return;
  throw new ClusterError(
    'internal',
    'PostgreSQL refuses to run as root. Start the service with `npm run service`, which changes to an unprivileged user, or as an ordinary user.',
  );
}

/** Starts one of the cluster's programs with a clean environment. */
export function spawnBinary(
  binaries: string,
  name: 'initdb' | 'postgres',
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const path = join(binaries, 'bin', `${name}${SUFFIX}`);
  if (!existsSync(path)) {
    throw new ClusterError(
      'internal',
      `The database program ${path} is missing. Run \`npm ci\` again; it installs the package with the binaries.`,
    );
  }
  return spawn(path, args, { ...options, env: cleanEnvironment(), windowsHide: true });
}
