import { createHash, createPublicKey, verify } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { SigningHandle } from '../vault/items.ts';
import { apply, type Ceremony, type CeremonyRecord, ceremonyRecord } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';

/** A ceremony has some dozen lines. A file of so much more than is remembered of it is refused before it is read. */
const MAX_BYTES = 4 * 1024 * 1024;
const FIRST = '0'.repeat(64);
const SAFE = constants.O_NOFOLLOW ?? 0;

/** How far lines had come, kept where whoever merely has the disk cannot take it back: they may have gone on since, and never less far. */
export interface Anchor {
  readonly lines: number;
  readonly bytes: number;
  /** SHA-256 (hex) of the last of these lines. */
  readonly head: string;
}
export const NO_LINES: Anchor = { lines: 0, bytes: 0, head: FIRST };

const line = z.strictObject({
  at: z.iso.datetime(),
  /** SHA-256 (hex) of the line before, so that none can be taken out. */
  previous: z.string().regex(/^[0-9a-f]{64}$/),
  record: z.unknown(),
  signer: z.string(),
  signature: z.string(),
});
type Line = z.infer<typeof line>;

/** What lines are of, and what they amount to. */
export interface Kind<S, R> {
  /** Signed with every line: none of one kind is one of another. */
  readonly domain: string;
  readonly record: z.ZodType<R>;
  /** @throws CustodyError and then the record is not one, or not now */
  readonly apply: (state: S | null, record: R) => S;
  /** What a person is told, around what is damaged. */
  readonly damaged: (what: string) => string;
  /** What is wrong with a file that is too large. */
  readonly larger: string;
}

const CEREMONY: Kind<Ceremony, CeremonyRecord> = {
  ...{ domain: 'sallyport/ceremony/v1', record: ceremonyRecord, apply },
  larger: 'it is larger than any ceremony',
  damaged: (what) =>
    `The journal of this ceremony is damaged: ${what}. Restore it from a copy; do not start another rotation.`,
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const signedBytes = (domain: string, { at, previous, record, signer }: Omit<Line, 'signature'>): Buffer =>
  Buffer.from(canonicalize([domain, at, previous, signer, record]) ?? '');

type AnyKind = Pick<Kind<unknown, unknown>, 'domain' | 'damaged' | 'larger'>;
const damaged = (kind: AnyKind, what: string, cause?: unknown): CustodyError =>
  new CustodyError('ceremony-damaged', kind.damaged(what), { cause });

function parse<S, R>(kind: Kind<S, R>, text: string, number: number): Line & { readonly record: R } {
  try {
    const entry = line.parse(JSON.parse(text));
    return { ...entry, record: kind.record.parse(entry.record) };
  } catch (cause) {
    throw damaged(kind, `line ${number} is not readable`, cause);
  }
}

function requireSigned(kind: AnyKind, entry: Line, keys: ReadonlyMap<string, string>, number: number): void {
  const x = keys.get(entry.signer);
  const key =
    x === undefined ? null : createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  if (!key || !verify(null, signedBytes(kind.domain, entry), key, Buffer.from(entry.signature, 'base64url')))
    throw damaged(kind, `line ${number} is not signed by this custodian`);
}

type Keys = ReadonlyMap<string, string>;

/** Line by line, up to the first that is bad. A last line without its end was being written when the power went: it never counted. */
function* checked<S, R>(kind: Kind<S, R>, text: string, keys: Keys) {
  let previous = FIRST;
  for (const [at, raw] of text.split('\n').slice(0, -1).entries()) {
    const entry = parse(kind, raw, at + 1);
    if (entry.previous !== previous) throw damaged(kind, `line ${at + 1} does not follow the line before it`);
    requireSigned(kind, entry, keys, at + 1);
    previous = hashOf(raw);
    yield { raw, entry };
  }
}

function requireAnchored(kind: AnyKind, lines: readonly string[], anchor: Anchor): void {
  if (anchor.lines === 0) return;
  if (lines.length < anchor.lines) throw damaged(kind, `it has ${lines.length} of ${anchor.lines} lines`);
  // Every line holds the hash of the one before: this one stands for all that it follows.
  if (hashOf(lines[anchor.lines - 1] ?? '') !== anchor.head)
    throw damaged(kind, 'it is not the one that this vault remembers');
}

/** What the lines amount to. */
function replay<S, R>(kind: Kind<S, R>, text: string, { keys, anchor }: { keys: Keys; anchor: Anchor }) {
  let state: S | null = null;
  const lines: string[] = [];
  for (const { raw, entry } of checked(kind, text, keys)) {
    state = kind.apply(state, entry.record);
    lines.push(raw);
  }
  requireAnchored(kind, lines, anchor);
  const length = Buffer.byteLength(lines.map((raw) => `${raw}\n`).join(''));
  const last = lines.at(-1);
  return { state, previous: last === undefined ? FIRST : hashOf(last), lines, length };
}

async function readAll(kind: AnyKind, handle: FileHandle, anchor: Anchor): Promise<string> {
  const { size } = await handle.stat();
  if (size > anchor.bytes + MAX_BYTES) throw damaged(kind, kind.larger);
  return (await handle.readFile()).toString('utf8');
}

/** The file as it lies there, untouched; empty when there is none. @throws CustodyError `ceremony-damaged` when it is too large */
export async function readText(path: string, kind: AnyKind, anchor: Anchor): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | SAFE).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  try {
    return handle ? await readAll(kind, handle, anchor) : '';
  } finally {
    await handle?.close();
  }
}

/** What can be read of a text, and why that is not all of it; null when it is. */
export function judgeText<S, R>(
  kind: Kind<S, R>,
  text: string,
  { custodian, anchor }: { readonly custodian: Deps['custodian']; readonly anchor: Anchor },
) {
  const [lines, entries]: [string[], { readonly at: string; readonly record: R }[]] = [[], []];
  try {
    for (const { raw, entry } of checked(kind, text, new Map([[custodian.keyId, custodian.publicKey]]))) {
      lines.push(raw);
      entries.push({ at: entry.at, record: entry.record });
    }
    requireAnchored(kind, lines, anchor);
    return { entries, trouble: null };
  } catch (error) {
    if (error instanceof CustodyError) return { entries, trouble: error };
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

interface Deps {
  readonly custodian: Pick<SigningHandle, 'keyId' | 'publicKey' | 'sign'>;
  readonly now: () => Date;
  /** Of a ceremony nothing is remembered: its lines alone say how far it came. */
  readonly anchor?: Anchor;
}

/** A file (0600) of signed lines, each bound to the one before, on the disk before anything outside is changed. */
export interface SignedLines<S, R> {
  /** Null before its first record. */
  state(): S | null;
  /** The signed lines, as they stand on the disk. */
  lines(): readonly string[];
  anchor(): Anchor;
  /** @throws CustodyError `step-refused`, and then nothing is written */
  append(record: R): Promise<S>;
}

/** A ceremony on disk. */
export interface Journal extends Omit<SignedLines<Ceremony, CeremonyRecord>, 'state' | 'anchor'> {
  ceremony(): Ceremony | null;
}

/** @throws CustodyError `ceremony-damaged`, naming the first bad line */
export async function openJournal(path: string, deps: Deps): Promise<Journal> {
  const { state, ...rest } = await openLines(path, CEREMONY, deps);
  return { ...rest, ceremony: state };
}

/** @throws CustodyError `ceremony-damaged`, naming the first bad line */
export async function openLines<S, R>(
  path: string,
  kind: Kind<S, R>,
  { custodian, now, anchor = NO_LINES }: Deps,
): Promise<SignedLines<S, R>> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT | SAFE, 0o600);
  try {
    await handle.chmod(0o600);
    const keys = new Map([[custodian.keyId, custodian.publicKey]]);
    const found = replay(kind, await readAll(kind, handle, anchor), { keys, anchor });
    // What a crash left of a line that never counted.
    await handle.truncate(found.length);
    await syncFolder(path);
    return linesOf(path, { kind, found }, { custodian, now });
  } finally {
    await handle.close();
  }
}

/** On the disk when it returns. A file that is held open between steps would outlive whoever holds it. */
async function writeLine(path: string, bytes: Buffer, at: number): Promise<void> {
  const handle = await open(path, constants.O_RDWR | SAFE);
  try {
    await handle.write(bytes, 0, bytes.length, at);
    await handle.sync();
  } catch (error) {
    // A part of a line must not stand in front of the next one.
    await handle.truncate(at).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

function linesOf<S, R>(
  path: string,
  { kind, found }: { readonly kind: Kind<S, R>; readonly found: ReturnType<typeof replay<S, R>> },
  { custodian, now }: Deps,
): SignedLines<S, R> {
  let { state, previous, length } = found;
  const lines = [...found.lines];
  let writing: Promise<unknown> = Promise.resolve();

  const write = async (record: R): Promise<S> => {
    const next = kind.apply(state, record);
    const unsigned = { at: now().toISOString(), previous, record, signer: custodian.keyId };
    const signature = custodian.sign(signedBytes(kind.domain, unsigned)).toString('base64url');
    const text = JSON.stringify({ ...unsigned, signature });
    const bytes = Buffer.from(`${text}\n`);
    await writeLine(path, bytes, length);
    lines.push(text);
    [state, previous, length] = [next, hashOf(text), length + bytes.length];
    return next;
  };
  return {
    state: () => state,
    lines: () => lines,
    anchor: () => ({ lines: lines.length, bytes: length, head: previous }),
    append(record) {
      const written = writing.then(() => write(record));
      writing = written.catch(() => undefined);
      return written;
    },
  };
}
