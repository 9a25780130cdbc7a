import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { deriveProcessKeys } from '../../../shared/service/keys.ts';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';
import { startCluster } from '../cluster/cluster.ts';
import { foreignKey } from '../cluster/cluster-error.ts';
import { layoutOf } from '../cluster/layout.ts';
import { endpointOf } from '../cluster/listen.ts';
import { findPostmaster } from '../cluster/postmaster.ts';
import { connectSession, isRefused } from '../cluster/session.ts';
import { databasePasswords } from '../passwords.ts';
import { BackupError } from './backup-error.ts';
import { type CopiedFile, copyFiles, copySteady, flush, listTree, makeFolders, writeNew } from './copy.ts';
import { CLUSTER, EXPORTS, KEY, type Manifest, writeManifest } from './manifest.ts';

export interface BackupOptions {
  readonly dataDir: string;
  /** An empty folder, or one that is made. */
  readonly to: string;
  readonly binaries: string;
  readonly root: Uint8Array;
  /** Puts the key beside what it opens: whoever has the backup has everything. */
  readonly withRootKey: boolean;
  readonly version: string;
  readonly now: () => Date;
  readonly log: { warn(fields: object, message: string): void };
}

/** Content that PostgreSQL makes anew when it starts (its documentation, "Making a base backup using the low level API"). */
const REMADE =
  /^(?:pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\//;
const LEFT_OUT =
  /(?:^|\/)(?:postmaster\.(?:pid|opts)|pg_internal\.init|pgsql_tmp[^/]*|backup_label(?:\.old)?)(?:\/|$)/;

const CONTROL = 'global/pg_control';
const SEGMENT = /^[0-9A-F]{24}$/;

/** The cluster of a running service is asked as it is; one that stands is started, and kept from anybody else, meanwhile. */
async function withCluster<T>(
  { dataDir, binaries, root, log }: BackupOptions,
  work: (session: pg.Client) => Promise<T>,
): Promise<T> {
  const keys = deriveProcessKeys(root, 'database');
  if (keys.process !== 'database') throw new TypeError('the keys are of another process');
  const passwords = databasePasswords(keys.passwords);
  const layout = layoutOf(dataDir);
  const found = await findPostmaster(layout.cluster);
  const own = found ? undefined : await startCluster({ dataDir, binaries, passwords, log });
  try {
    const endpoint = found ? endpointOf(found, layout) : (own?.endpoint as DatabaseEndpoint);
    const session = await connectSession(endpoint, { role: 'owner', password: passwords.owner }, 5000).catch(
      (error: unknown) => {
        throw isRefused(error) ? foreignKey(dataDir, error) : error;
      },
    );
    try {
      return await work(session);
    } finally {
      await session.end();
    }
  } finally {
    await own?.stop();
  }
}

interface Begun {
  readonly from: string;
  readonly to: string;
}

/** Segments of the write-ahead log from the beginning of the backup to its end: without them the copy is of no moment. */
async function copyLog({ from, to }: Begun, first: string, last: string): Promise<CopiedFile[]> {
  const names = (await readdir(join(from, 'pg_wal'))).filter(
    (name) => SEGMENT.test(name) && name >= first && name <= last,
  );
  if (!names.includes(first) || !names.includes(last))
    throw new BackupError(
      'incomplete',
      'PostgreSQL has removed a part of its log that the backup needs. Try again.',
    );
  return copyFiles(
    from,
    to,
    names.map((name) => `pg_wal/${name}`),
  );
}

/** The low-level backup of PostgreSQL: the service writes on while files are copied, and the log makes one moment of them. */
async function copyCluster(session: pg.Client, begun: Begun): Promise<Pick<Manifest, 'folders' | 'files'>> {
  const { from, to } = begun;
  // The slot ends with the session. Until then no segment of the log is removed.
  await session.query(
    "SELECT pg_create_physical_replication_slot('backup_' || pg_backend_pid(), true, true)",
  );
  await session.query('SELECT pg_backup_start($1, true)', ['sallyport']);
  const { folders, files } = await listTree(from);
  const kept = folders.filter((path) => !REMADE.test(path) && !LEFT_OUT.test(path));
  await makeFolders(to, kept);
  const plain = files.filter((path) => !REMADE.test(path) && !LEFT_OUT.test(path) && path !== CONTROL);
  const copied = await copyFiles(from, to, plain, true);
  copied.push(await copySteady(from, to, CONTROL));
  const { rows } = await session.query<{ last: string; labelfile: string }>(
    'SELECT pg_walfile_name(lsn) AS last, labelfile FROM pg_backup_stop(false)',
  );
  const { last = '', labelfile = '' } = rows[0] ?? {};
  const first = /START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)/.exec(labelfile)?.[1] ?? '';
  copied.push(...(await copyLog(begun, first, last)), await writeNew(to, 'backup_label', labelfile));
  return { folders: kept, files: copied };
}

const below = <T extends { readonly path: string }>(folder: string, files: readonly T[]): T[] =>
  files.map((file) => ({ ...file, path: `${folder}/${file.path}` }));

async function copyExports({ dataDir, to }: BackupOptions): Promise<CopiedFile[]> {
  const from = join(dataDir, EXPORTS);
  if (!existsSync(from)) return [];
  return below(EXPORTS, await copyFiles(from, join(to, EXPORTS), (await listTree(from)).files, true));
}

async function emptyFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if ((await readdir(path)).length > 0)
    throw new BackupError('occupied', `${path} is not empty. Give every backup a folder of its own.`);
  await chmod(path, 0o700);
}

/**
 * Takes a backup of a data directory, whether its service runs or not.
 * @throws BackupError or ClusterError with a sentence; the folder then lacks its manifest, and is no backup
 */
export async function takeBackup(options: BackupOptions): Promise<Manifest> {
  const { dataDir, to, root, version } = options;
  if (!existsSync(join(dataDir, CLUSTER)))
    throw new BackupError(
      'no-database',
      `There is no database in ${dataDir}: give the data directory of the service.`,
    );
  await emptyFolder(to);
  const takenAt = options.now().toISOString();
  const { folders, files, ledgerSize } = await withCluster(options, async (session) => {
    const { rows } = await session.query<{ size: string }>('SELECT size::text FROM ledger_head');
    const copied = await copyCluster(session, { from: join(dataDir, CLUSTER), to: join(to, CLUSTER) });
    return { ...copied, ledgerSize: rows[0]?.size ?? '0' };
  });
  const all = [...below(CLUSTER, files), ...(await copyExports(options))];
  if (options.withRootKey) all.push(await writeNew(to, KEY, `${Buffer.from(root).toString('base64url')}\n`));
  const content: Manifest = {
    ...{ format: 'sallyport-backup/1', version, takenAt, ledgerSize },
    ...{ folders: folders.map((path) => `${CLUSTER}/${path}`), files: all },
  };
  await flush(to);
  await writeManifest(to, content, root);
  return content;
}
