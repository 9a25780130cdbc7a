import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SYNC_METHOD, spawnBinary } from './binaries.ts';
import { ClusterError, corrupt, onStorage, storageFailure } from './cluster-error.ts';
import { type ClusterLayout, layoutOf } from './layout.ts';
import { processState } from './postmaster.ts';
import { refuseServed } from './server-marker.ts';

const DRAFT = /^postgres\.init-(\d+)-[A-Za-z0-9]+$/;

/**
 * Creates the cluster when there is none. It grows in a draft folder and is renamed into place when it is complete, so
 * a crash in the middle leaves a draft that the next start removes, and of two starters at once one wins the rename.
 */
export async function ensureInitialised(
  layout: ClusterLayout,
  binaries: string,
  ownerPassword: string,
): Promise<void> {
  await onStorage(layout.dataDir, () => removeAbandonedDrafts(layout));
  if (existsSync(layout.cluster)) return;
  const draft = await onStorage(layout.dataDir, () =>
    mkdtemp(join(layout.dataDir, `postgres.init-${process.pid}-`)),
  );
  try {
    // A service with `DATABASE_URL` that comes from here on sees the draft; one that was faster is seen here.
    await refuseServed(layout.dataDir);
    await initdb(layout, binaries, draft, ownerPassword);
    await onStorage(layout.dataDir, () => moveIntoPlace(join(draft, 'cluster'), layout.cluster));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * The folder of the cluster that is there, or that somebody is making or restoring; undefined when there is none. A draft turns into the
 * cluster, so drafts are looked for first.
 */
export async function findCluster(dataDir: string): Promise<string | undefined> {
  for (const name of await readdir(dataDir)) {
    const pid = DRAFT.exec(name)?.[1];
    if (pid !== undefined && (await isInUse(join(dataDir, name), Number(pid)))) return join(dataDir, name);
  }
  const { cluster } = layoutOf(dataDir);
  return existsSync(cluster) ? cluster : undefined;
}

async function initdb(
  layout: ClusterLayout,
  binaries: string,
  draft: string,
  password: string,
): Promise<void> {
  const passwordFile = join(draft, 'password');
  await onStorage(layout.dataDir, () => writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' }));
  const child = spawnBinary(
    binaries,
    'initdb',
    [
      `--pgdata=${join(draft, 'cluster')}`,
      '--username=owner',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Byte order and Unicode case rules that no operating system upgrade can change under an index.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
      `--sync-method=${SYNC_METHOD}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-4000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  await rm(passwordFile, { force: true });
  if (code === 0) return;
  const cause = new Error(output.trim());
  const named = storageFailure(layout.dataDir, output, cause);
  throw (
    named ??
    new ClusterError('internal', `The database could not be created (initdb ended with ${code}).`, { cause })
  );
}

async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    // Another starter was faster; who may keep running is decided by the lock inside the cluster.
    if (!existsSync(to)) throw error;
  }
}

async function removeAbandonedDrafts(layout: ClusterLayout): Promise<void> {
  for (const name of await readdir(layout.dataDir)) {
    const pid = DRAFT.exec(name)?.[1];
    if (pid === undefined || (await isInUse(join(layout.dataDir, name), Number(pid)))) continue;
    await rm(join(layout.dataDir, name), { recursive: true, force: true });
  }
}

/** A draft with our own pid may be left from before a restart of the machine or container. */
async function isInUse(draft: string, pid: number): Promise<boolean> {
  if (processState(pid) === 'gone') return false;
  const born = (await stat(draft).catch(() => undefined))?.mtimeMs ?? 0;
  return pid !== process.pid || born >= Date.now() - process.uptime() * 1000;
}

/** Refuses what PostgreSQL would only describe in its own words, and names the file. */
export async function refuseDamaged(
  layout: ClusterLayout,
  read: (path: string) => Promise<Buffer>,
): Promise<void> {
  for (const [name, isWhole] of ESSENTIALS) {
    let content: Buffer;
    try {
      content = await read(join(layout.cluster, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw corrupt(layout.dataDir, `${name} is missing`);
      throw storageFailure(layout.dataDir, String((error as NodeJS.ErrnoException).code), error) ?? error;
    }
    if (!isWhole(content)) throw corrupt(layout.dataDir, `${name} is truncated or of another version`);
  }
}

/** Major version of the binaries, and the fixed size of PostgreSQL's control file (`PG_CONTROL_FILE_SIZE`). */
const ESSENTIALS: readonly (readonly [string, (content: Buffer) => boolean])[] = [
  ['PG_VERSION', (content) => content.toString('latin1').trim() === '18'],
  ['global/pg_control', (content) => content.length === 8192],
  ['postgresql.conf', (content) => content.length > 0],
  ['pg_hba.conf', (content) => content.length > 0],
];
