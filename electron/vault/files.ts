import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { join } from 'node:path';
import { VaultError } from './errors.ts';
import { MAX_FILE_BYTES } from './format.ts';

export const VAULT_FILE = 'vault.sallyport';
export const PREVIOUS_FILE = 'vault.sallyport.previous';
const TEMPORARY = /^\.vault\.sallyport\.[0-9a-f]{16}\.(new|old)$/;

/** The part of node:fs/promises that the vault uses; a test fails each in turn. */
export type FileSystem = Pick<
  typeof nodeFs,
  'chmod' | 'link' | 'lstat' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'unlink'
>;

/** No-follow and exclusive: a planted symbolic link or file is an error, never a target. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

const UPDATE = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

const errnoOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? '';
const isAbsent = (error: unknown): boolean => errnoOf(error) === 'ENOENT';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Free some space and try again.',
  EDQUOT: 'Your disk quota is used up. Free some space and try again.',
  EROFS: 'The vault folder is on a read-only file system. Make it writable and try again.',
  EACCES: 'The vault folder may not be written by you. Correct its owner or permissions and try again.',
  EPERM: 'The vault folder may not be written by you. Correct its owner or permissions and try again.',
};

const writeFailed = (cause: unknown): VaultError =>
  new VaultError(
    'write-failed',
    `${REASONS[errnoOf(cause)] ?? 'The vault could not be written. Check the disk and try again.'} What was stored before is intact.`,
    { cause },
  );

/** The vault's directory (0700) and the files in it (0600): atomic writes, the previous generation kept, nothing deleted. */
export class VaultFiles {
  readonly directory: string;
  readonly #fs: FileSystem;

  constructor(directory: string, fs: FileSystem = nodeFs) {
    this.directory = directory;
    this.#fs = fs;
  }

  /** `null` when there is no such file. Whatever else keeps it from being read is an error. */
  async read(name: string): Promise<Buffer | null> {
    const path = join(this.directory, name);
    try {
      const { size } = await this.#fs.lstat(path);
      if (size > MAX_FILE_BYTES) throw new VaultError('vault-damaged', `${name} is larger than any vault.`);
      return await this.#fs.readFile(path);
    } catch (cause) {
      if (isAbsent(cause)) return null;
      if (cause instanceof VaultError) throw cause;
      throw new VaultError(
        'vault-damaged',
        `${name} cannot be read (${errnoOf(cause)}). Check its permissions.`,
        {
          cause,
        },
      );
    }
  }

  /** Writes the next generation. At every instant the directory holds one complete vault under its name. */
  async writeVault(bytes: Uint8Array): Promise<void> {
    await this.#guarded(async () => {
      await this.#prepare();
      const next = await this.#writeTemporary(bytes);
      await this.#keepPrevious();
      await this.#fs.rename(next, join(this.directory, VAULT_FILE));
      await this.#syncDirectory();
      await this.#sweep();
    });
  }

  /** Replaces a small side file. It needs no previous generation, but is as atomic. */
  async writeSide(name: string, bytes: Uint8Array): Promise<void> {
    await this.#guarded(async () => {
      await this.#prepare();
      await this.#fs.rename(await this.#writeTemporary(bytes), join(this.directory, name));
      await this.#syncDirectory();
    });
  }

  /** Writes behind the first `position` bytes of a side file and cuts off what stood there; on the disk when it returns. */
  async writeAt(name: string, bytes: Uint8Array, position: number): Promise<void> {
    await this.#guarded(async () => {
      await this.#prepare();
      const file = await this.#fs.open(join(this.directory, name), UPDATE, 0o600);
      try {
        await file.chmod(0o600);
        await file.truncate(position);
        await file.write(bytes, 0, bytes.length, position);
        await file.sync();
      } catch (cause) {
        // A part of a line must not stand in front of the next one.
        await file.truncate(position).catch(() => undefined);
        throw cause;
      } finally {
        await file.close();
      }
      if (position === 0) await this.#syncDirectory();
    });
  }

  /** Fails now, with a sentence, where a later write would; before anything is shown that must not get lost. */
  async probe(): Promise<void> {
    await this.#guarded(async () => {
      await this.#prepare();
      await this.#fs.unlink(await this.#writeTemporary(Buffer.alloc(4096)));
    });
  }

  /** Moves a file out of the way under a name of its own, so that nobody's only copy is ever overwritten. */
  async setAside(name: string, reason: string, now: Date): Promise<void> {
    const stamp = `${now.toISOString().replace(/[:.]/g, '')}-${randomBytes(2).toString('hex')}`;
    await this.#guarded(async () => {
      try {
        await this.#fs.rename(join(this.directory, name), join(this.directory, `${name}.${reason}-${stamp}`));
      } catch (cause) {
        if (!isAbsent(cause)) throw cause;
      }
    });
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      throw cause instanceof VaultError ? cause : writeFailed(cause);
    }
  }

  async #prepare(): Promise<void> {
    await this.#fs.mkdir(this.directory, { recursive: true, mode: 0o700 });
    const found = await this.#fs.lstat(this.directory);
    if (!found.isDirectory())
      throw new VaultError('write-failed', 'The vault folder is a link or a file. Replace it by a folder.');
    // mkdir obeys the umask in both directions; the mode of the vault does not depend on it.
    if ((found.mode & 0o777) !== 0o700) await this.#fs.chmod(this.directory, 0o700);
  }

  async #writeTemporary(bytes: Uint8Array): Promise<string> {
    const path = this.#temporary('new');
    const file = await this.#fs.open(path, CREATE, 0o600);
    try {
      await file.chmod(0o600);
      await file.writeFile(bytes);
      await file.sync();
    } catch (cause) {
      await file.close();
      await this.#fs.unlink(path).catch(() => undefined);
      throw cause;
    }
    await file.close();
    return path;
  }

  async #keepPrevious(): Promise<void> {
    const current = join(this.directory, VAULT_FILE);
    const old = this.#temporary('old');
    try {
      await this.#fs.link(current, old);
    } catch (cause) {
      if (isAbsent(cause)) return;
      // File systems without hard links (FAT, some network shares) take a copy, and say so even if there is nothing to link.
      const bytes = await this.read(VAULT_FILE);
      if (!bytes) return;
      await this.#fs.rename(await this.#writeTemporary(bytes), old);
    }
    await this.#fs.rename(old, join(this.directory, PREVIOUS_FILE));
  }

  #temporary(kind: 'new' | 'old'): string {
    return join(this.directory, `.${VAULT_FILE}.${randomBytes(8).toString('hex')}.${kind}`);
  }

  async #syncDirectory(): Promise<void> {
    // Windows has no handle for a directory; NTFS journals the rename itself.
    if (process.platform === 'win32') return;
    const directory = await this.#fs.open(this.directory, constants.O_RDONLY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  /** Removes what a killed write left half done: temporary names of our own, never a vault. */
  async #sweep(): Promise<void> {
    const names = await this.#fs.readdir(this.directory);
    const left = names.filter((name) => TEMPORARY.test(name));
    await Promise.all(left.map((name) => this.#fs.unlink(join(this.directory, name)).catch(() => undefined)));
  }
}
