import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterError, onStorage } from './cluster-error.ts';

/** `sun_path` holds 108 bytes on Linux (104 on macOS) with its terminating zero. */
const MAX_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107;

/** The port only names the socket file; each cluster has a folder of its own, so it can always be the same. */
export const SOCKET_PORT = 5432;

export interface ClusterLayout {
  readonly dataDir: string;
  readonly cluster: string;
  readonly log: string;
  readonly sockets: string;
  /** The socket folder lies outside the data directory because its path would be too long. */
  readonly socketsOutside: boolean;
}

export function layoutOf(
  dataDir: string,
  runtimeDir = process.env.XDG_RUNTIME_DIR ?? tmpdir(),
): ClusterLayout {
  const inside = join(dataDir, 'run');
  const socketsOutside = Buffer.byteLength(join(inside, `.s.PGSQL.${SOCKET_PORT}`)) > MAX_SOCKET_PATH;
  // The name is derived, so that the next start finds an orphan's socket again.
  const digest = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return {
    dataDir,
    cluster: join(dataDir, 'postgres'),
    log: join(dataDir, 'postgres.log'),
    sockets: socketsOutside ? join(runtimeDir, `sallyport-${digest}`) : inside,
    socketsOutside,
  };
}

/** Creates a folder that only this user may enter, under any umask. */
async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}

/** In a shared folder somebody else could have made it first: then its sockets would be theirs. */
async function refuseSquatted(path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid())) return;
  throw new ClusterError(
    'data-dir-unwritable',
    `${path} exists but is not a folder of this user. Remove it, or choose a data directory with a shorter path.`,
  );
}

/** Makes the folders and proves that they can be written, before anything is started in them. */
export async function prepareLayout(layout: ClusterLayout): Promise<void> {
  await onStorage(layout.dataDir, async () => {
    await privateFolder(layout.dataDir);
    if (layout.socketsOutside) {
      await mkdir(layout.sockets, { recursive: true, mode: 0o700 });
      await refuseSquatted(layout.sockets);
    }
    await privateFolder(layout.sockets);
    const probe = join(layout.dataDir, `.probe-${process.pid}`);
    const file = await open(probe, 'w', 0o600);
    try {
      // Some file systems accept a name but no byte when they are full.
      await file.writeFile('sallyport');
      await file.sync();
    } finally {
      await file.close();
      await rm(probe, { force: true });
    }
  });
}
