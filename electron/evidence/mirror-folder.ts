import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ChainLink,
  folderOf,
  linkLine,
  MIRROR_CHAIN,
  MIRROR_TRUST,
  reachOf,
  readLink,
  type Stretch,
  segmentName,
  stretchOf,
} from '../../shared/ledger/mirror.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';

const OWN = 0o600;
/** More than two lines of the chain take. */
const TAIL_BYTES = 128 * 1024;
const LINE_BREAK = 0x0a;

/** What a crash left half-written at the end of the chain was never part of it. @returns the last whole line */
async function lastLine(path: string): Promise<string | null> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, OWN);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const whole = buffer.subarray(0, bytesRead).lastIndexOf(LINE_BREAK) + 1;
    if (start + whole < size) await file.truncate(start + whole);
    if (whole === 0) return null;
    const before = buffer.subarray(0, whole - 1).lastIndexOf(LINE_BREAK);
    return buffer.subarray(before + 1, whole - 1).toString('utf8');
  } finally {
    await file.close();
  }
}

async function persist(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * One log's part of a mirror on disk. Files are written under another name and take theirs when they are whole and verified; after that
 * they are never opened for writing again. The chain of heads only grows.
 */
export class MirrorFolder {
  readonly path: string;
  #stretches: Stretch[] = [];
  #last: ChainLink | null = null;

  private constructor(path: string) {
    this.path = path;
  }

  /** Looks at what is there: this is all that a mirror knows of its progress. @throws what the file system says */
  static async open(folder: string, origin: string): Promise<MirrorFolder> {
    const found = new MirrorFolder(join(folder, folderOf(origin)));
    // The folder itself is the person's: one that is gone, an unplugged disk for instance, is not made anew somewhere else.
    await access(folder, constants.W_OK);
    await mkdir(found.path, { recursive: true, mode: 0o700 });
    const names = await readdir(found.path);
    found.#stretches = names.flatMap((name) => stretchOf(name) ?? []);
    const line = await lastLine(join(found.path, MIRROR_CHAIN));
    found.#last = line === null ? null : readLink(line);
    return found;
  }

  /** Numbers [0, reach) are here. */
  get reach(): number {
    return reachOf(this.#stretches);
  }

  get last(): ChainLink | null {
    return this.#last;
  }

  /** @returns its path */
  async keepTrust(trust: TrustFile): Promise<string> {
    const path = join(this.path, MIRROR_TRUST);
    await writeFile(`${path}.part`, `${JSON.stringify(trust, null, 2)}\n`, { mode: OWN });
    await rename(`${path}.part`, path);
    return path;
  }

  /** On the disk when it returns. */
  async append(link: ChainLink): Promise<void> {
    const file = await open(join(this.path, MIRROR_CHAIN), 'a', OWN);
    try {
      await file.writeFile(linkLine(link));
      await file.sync();
    } finally {
      await file.close();
    }
    this.#last = link;
  }

  /** Where the next bundle is written; what an earlier attempt left there is gone. */
  async draft(): Promise<string> {
    const path = join(this.path, 'next.part');
    await rm(path, { force: true });
    return path;
  }

  /** A verified draft becomes part of the mirror. */
  async keep(draft: string, stretch: Stretch): Promise<void> {
    await rename(draft, join(this.path, segmentName(stretch)));
    await persist(this.path);
    this.#stretches.push(stretch);
  }
}
