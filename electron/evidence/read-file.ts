import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { EvidenceFileError } from './evidence-file-error.ts';

/** Large enough that the work is hashing, small enough that memory does not notice. */
const CHUNK_BYTES = 1024 * 1024;

const unreadable = (path: string, cause: unknown): EvidenceFileError =>
  new EvidenceFileError('unreadable', `${basename(path)} cannot be read. Choose it again.`, { cause });

/** A pipe or a device never ends, so only plain files are opened. */
async function requirePlain(path: string): Promise<void> {
  if (!(await stat(path)).isFile()) throw new TypeError('not a plain file');
}

export async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    await requirePlain(path);
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }))
      yield chunk as Uint8Array;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** As much of a file as was asked for, as text. */
export async function beginningOf(path: string, bytes: number): Promise<string> {
  try {
    await requirePlain(path);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead).toString('utf8');
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
