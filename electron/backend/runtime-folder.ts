import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** `sun_path` of a Unix socket on Linux holds 108 bytes, the last of them NUL; macOS holds 104. */
const MAX_SOCKET_BYTES = 103;

interface System {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly temporary: string;
  readonly uid: number;
}

export interface AdminSocket {
  readonly path: string;
  /** Removes the folder with whatever is left in it. */
  remove(): void;
}

/** A folder that is ours alone, whoever prepared the place: a directory, no link, our user's, closed to others. */
function claim(path: string, uid: number): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const info = lstatSync(path);
    if (!info.isDirectory() || info.uid !== uid) return false;
    chmodSync(path, 0o700);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where the bundled admin plane listens. The name follows from the data folder, so that two consoles never meet, and what
 * a crash left behind is found again.
 */
export function adminSocket(dataFolder: string, system: System): AdminSocket {
  const name = `sallyport-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}`;
  if (system.platform === 'win32') return { path: `\\\\.\\pipe\\${name}`, remove: () => undefined };
  const runtime = system.environment.XDG_RUNTIME_DIR;
  const wanted = join(runtime ?? system.temporary, name);
  const fits = Buffer.byteLength(join(wanted, 'admin.sock')) <= MAX_SOCKET_BYTES;
  // Somebody else's folder under our name in a shared place is left alone and not used.
  const folder = fits && claim(wanted, system.uid) ? wanted : mkdtempSync('/tmp/sallyport-');
  return {
    path: join(folder, 'admin.sock'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
