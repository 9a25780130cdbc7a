import { createHash, createPublicKey, verify } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { SigningHandle } from '../vault/items.ts';
import { apply, type Ceremony, type CeremonyRecord, ceremonyRecord } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';

/** A ceremony has some dozen lines; a file of more is refused before it is read. */
const MAX_BYTES = 4 * 1024 * 1024;
const FIRST = '0'.repeat(64);

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
interface Kind<S, R> {
  /** Signed with every line: none of one kind is one of another. */
  readonly domain: string;
  readonly record: z.ZodType<R>;
  /** @throws CustodyError and then the record is not one, or not now */
  readonly apply: (state: S | null, record: R) => S;
  /** What a person is told, around what is damaged. */
  readonly damaged: (what: string) => string;
}

const CEREMONY: Kind<Ceremony, CeremonyRecord> = {
  ...{ domain: 'sallyport/ceremony/v1', record: ceremonyRecord, apply },
  damaged: (what) =>
    `The journal of this ceremony is damaged: ${what}. Restore it from a copy; do not start another rotation.`,
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const signedBytes = (domain: string, { at, previous, record, signer }: Omit<Line, 'signature'>): Buffer =>
  Buffer.from(canonicalize([domain, at, previous, signer, record]) ?? '');

type AnyKind = Pick<Kind<unknown, unknown>, 'domain' | 'damaged'>;
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

/** What the lines amount to. A last line without its end was being written when the power went: it never counted. */
function replay<S, R>(kind: Kind<S, R>, text: string, keys: ReadonlyMap<string, string>) {
  const lines = text.split('\n').slice(0, -1);
  let [state, previous]: [S | null, string] = [null, FIRST];
  for (const [at, raw] of lines.entries()) {
    const entry = parse(kind, raw, at + 1);
    if (entry.previous !== previous) throw damaged(kind, `line ${at + 1} does not follow the line before it`);
    requireSigned(kind, entry, keys, at + 1);
    state = kind.apply(state, entry.record);
    previous = hashOf(raw);
  }
  return { state, previous, lines, length: Buffer.byteLength(lines.map((raw) => `${raw}\n`).join('')) };
}

async function readAll(kind: AnyKind, handle: FileHandle): Promise<string> {
  const { size } = await handle.stat();
  if (size > MAX_BYTES) throw damaged(kind, 'it is larger than any ceremony');
  return (await handle.readFile()).toString('utf8');
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
}

/** A file (0600) of signed lines, each bound to the one before, on the disk before anything outside is changed. */
export interface SignedLines<S, R> {
  /** Null before its first record. */
  state(): S | null;
  /** The signed lines, as they stand on the disk. */
  lines(): readonly string[];
  /** @throws CustodyError `step-refused`, and then nothing is written */
  append(record: R): Promise<S>;
}

/** A ceremony on disk. */
export interface Journal extends Omit<SignedLines<Ceremony, CeremonyRecord>, 'state'> {
  ceremony(): Ceremony | null;
}

const SAFE = constants.O_NOFOLLOW ?? 0;

/** @throws CustodyError `ceremony-damaged`, naming the first bad line */
export async function openJournal(path: string, deps: Deps): Promise<Journal> {
  const { state, ...rest } = await openLines(path, CEREMONY, deps);
  return { ...rest, ceremony: state };
}

/** @throws CustodyError `ceremony-damaged`, naming the first bad line */
export async function openLines<S, R>(
  path: string,
  kind: Kind<S, R>,
  { custodian, now }: Deps,
): Promise<SignedLines<S, R>> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT | SAFE, 0o600);
  try {
    await handle.chmod(0o600);
    const keys = new Map([[custodian.keyId, custodian.publicKey]]);
    const found = replay(kind, await readAll(kind, handle), keys);
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
    append(record) {
      const written = writing.then(() => write(record));
      writing = written.catch(() => undefined);
      return written;
    },
  };
}
