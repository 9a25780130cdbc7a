import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExportError } from '../export-error.ts';
import { checkedName, type ExportStorage, unavailable } from './storage.ts';

const PIECE_BYTES = 256 * 1024;
const UNFINISHED = '.part';

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Under any umask: what it leaves out of a mode is put back. */
async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}

async function fill(file: FileHandle, parts: AsyncIterable<Uint8Array>): Promise<void> {
  await file.chmod(0o600);
  for await (const part of parts) {
    // An error of the disk is storage's; one of the parts is not.
    await file.writeFile(part).catch((cause: unknown) => {
      throw unavailable('take the file', cause);
    });
  }
  await file.sync();
}

/** A folder of this machine: 0700, files 0600, in place only when they are whole and on the disk. */
export class LocalStorage implements ExportStorage {
  readonly kind = 'local';
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path(name: string): string {
    return join(this.#folder, checkedName(name));
  }

  async write(name: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.#path(name);
    const unfinished = `${path}${UNFINISHED}`;
    const file = await this.#create(unfinished);
    try {
      try {
        await fill(file, parts);
      } finally {
        await file.close();
      }
      await rename(unfinished, path);
      await syncFolder(this.#folder);
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw typeof codeOf(error) === 'string' && !(error instanceof ExportError) && 'syscall' in Object(error)
        ? unavailable('take the file', error)
        : error;
    }
  }

  async #create(path: string): Promise<FileHandle> {
    try {
      await privateFolder(this.#folder);
      await rm(path, { force: true });
      return await open(path, 'wx', 0o600);
    } catch (cause) {
      throw unavailable('take a file', cause);
    }
  }

  async *read(name: string): AsyncGenerator<Uint8Array> {
    const file = await this.#open(this.#path(name));
    try {
      for (;;) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  async #open(path: string): Promise<FileHandle> {
    try {
      // A link that somebody put there leads nowhere.
      return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') throw new ExportError('object-missing', 'the file is gone', { cause });
      throw unavailable('give the file', cause);
    }
  }

  async remove(name: string): Promise<void> {
    const path = this.#path(name);
    for (const each of [path, `${path}${UNFINISHED}`])
      await rm(each, { force: true }).catch((cause: unknown) => {
        throw unavailable('remove the file', cause);
      });
  }
}
