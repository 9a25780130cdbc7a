import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EvidenceError } from '../../shared/ledger/evidence-error.ts';
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
/** More than two lines of the chain take, however their notes are escaped: 16,384 characters and 128 hashes each. */
const TAIL_BYTES = 256 * 1024;
const LINE_BREAK = 0x0a;
/** How every line of ours begins. */
const BEGINNING = '{"note":"';

/** The link that a text is; null for anything else. */
function linkIn(text: string): ChainLink | null {
  try {
    return readLink(text);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return null;
  }
}

/** Half a line of ours closes no brace that it opened; a text that does is whole, and another's. */
function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a crash of ours can have left it: the beginning of a line, and what a file system puts where nothing was written. */
const isHalfWritten = (tail: string): boolean => {
  const written = tail.replace(/\0+$/, '');
  return (written.startsWith(BEGINNING) && !isWhole(written)) || BEGINNING.startsWith(written);
};

const foreign = (): EvidenceError =>
  new EvidenceError('note-malformed', 'the chain of heads ends with something that was not written here');

/**
 * The last link of the chain. What a crash left half-written at its end was never part of it and is cut; anything else that is
 * no link may be somebody's evidence, so the file stays as it is.
 * @throws EvidenceError `note-malformed` for a chain that was not written here
 */
async function lastLink(path: string): Promise<ChainLink | null> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, OWN);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const read = buffer.subarray(0, bytesRead);
    const whole = read.lastIndexOf(LINE_BREAK) + 1;
    if (whole === 0 && start > 0) throw foreign();
    const before = whole > 1 ? read.lastIndexOf(LINE_BREAK, whole - 2) : -1;
    const last = whole === 0 ? null : readLink(read.subarray(before + 1, whole - 1).toString('utf8'));
    const tail = read.subarray(whole).toString('utf8');
    if (tail === '') return last;
    const unbroken = linkIn(tail);
    if (unbroken) await file.write('\n', size);
    else if (isHalfWritten(tail)) await file.truncate(start + whole);
    else throw foreign();
    await file.sync();
    return unbroken ?? last;
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
    found.#last = await lastLink(join(found.path, MIRROR_CHAIN));
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
