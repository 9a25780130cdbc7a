import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { FIRST_LINE_BYTES, headIn } from '../../shared/ledger/bundle/head-in.ts';
import { EvidenceError } from '../../shared/ledger/evidence-error.ts';
import { readerOf } from '../../shared/ledger/mint-export/format.ts';
import { parseTrust, type TrustFile } from '../../shared/ledger/trust.ts';
import { nativeCrypto } from './crypto.ts';
import { VerifyError } from './errors.ts';

/** Large enough that the work is hashing, small enough that memory does not notice. */
const CHUNK_BYTES = 1024 * 1024;

const unreadable = (path: string, cause: unknown) =>
  new VerifyError('file', `${path} cannot be read: ${(cause as Error).message}`, { cause });

export async function readTrust(path: string): Promise<TrustFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    return parseTrust(text);
  } catch (cause) {
    throw new VerifyError('file', `${path}: ${(cause as Error).message}`, { cause });
  }
}

export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }))
      yield chunk as Uint8Array;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function firstBytes(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_LINE_BYTES), 0, FIRST_LINE_BYTES, 0);
      return buffer.subarray(0, bytesRead).toString('utf8');
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Whether the file begins as an export of a mint job does. */
export async function isExport(path: string): Promise<boolean> {
  const text = await firstBytes(path);
  return readerOf(text.slice(0, Math.max(0, text.indexOf('\n')))) !== undefined;
}

/**
 * The head of an older bundle or checkpoint, believed by the same trust file as the newer one.
 * @throws VerifyError `file` when it is none, or is not signed by what is pinned
 */
export async function readOlder(path: string, trust: TrustFile | null) {
  const text = await firstBytes(path);
  try {
    const { checkpoint, problem } = headIn(nativeCrypto, text, trust);
    if (problem === null) return checkpoint;
    throw new VerifyError('file', `${path}: ${problem}`);
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new VerifyError('file', `${path}: ${cause.message}`, { cause });
  }
}
