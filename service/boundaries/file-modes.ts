import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface FileModes {
  readonly open: readonly string[];
  readonly checkedFiles: number;
  readonly dataDirSeen: boolean;
}

const OTHERS = 0o077;

/**
 * Looks at the modes of the data directory and what lies directly in it: 0700 for folders, 0600 for files (SPEC 19.15). What
 * is below a 0700 folder cannot be reached by others whatever its own mode is. Symbolic links are looked at, not followed.
 */
export async function fileModes(dataDir: string): Promise<FileModes> {
  try {
    const names = ['.', ...(await readdir(dataDir))];
    const looked = await Promise.all(
      names.map(async (name) => {
        // A file that is replaced while we look is not open to anybody.
        const stat = await lstat(join(dataDir, name)).catch(() => null);
        return stat && !stat.isSymbolicLink() && (stat.mode & OTHERS) !== 0
          ? `${name} (${(stat.mode & 0o777).toString(8).padStart(4, '0')})`
          : null;
      }),
    );
    return {
      open: looked.filter((found) => found !== null),
      checkedFiles: names.length,
      dataDirSeen: true,
    };
  } catch {
    return { open: [], checkedFiles: 0, dataDirSeen: false };
  }
}
