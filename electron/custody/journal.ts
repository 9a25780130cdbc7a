import { createHash, createPublicKey, verify } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { SigningHandle } from '../vault/items.ts';
import { apply, type Ceremony, type CeremonyRecord, ceremonyRecord } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';

const DOMAIN = 'sallyport/ceremony/v1';
/** A ceremony has some dozen lines; more is not a ceremony, and is refused before it is read. */
const MAX_BYTES = 4 * 1024 * 1024;
const FIRST = '0'.repeat(64);

const line = z.strictObject({
  at: z.iso.datetime(),
  /** SHA-256 (hex) of the line before, so that none can be taken out. */
  previous: z.string().regex(/^[0-9a-f]{64}$/),
  record: ceremonyRecord,
  signer: z.string(),
  signature: z.string(),
});
type Line = z.infer<typeof line>;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const signedBytes = ({ at, previous, record, signer }: Omit<Line, 'signature'>): Buffer =>
  Buffer.from(canonicalize([DOMAIN, at, previous, signer, record]) ?? '');

const damaged = (what: string, cause?: unknown): CustodyError =>
  new CustodyError(
    'ceremony-damaged',
    `The journal of this ceremony is damaged: ${what}. Restore it from a copy; do not start another rotation.`,
    { cause },
  );

function parse(text: string, number: number): Line {
  try {
    return line.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(`line ${number} is not readable`, cause);
  }
}

function requireSigned(entry: Line, keys: ReadonlyMap<string, string>, number: number): void {
  const x = keys.get(entry.signer);
  const key =
    x === undefined ? null : createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  if (!key || !verify(null, signedBytes(entry), key, Buffer.from(entry.signature, 'base64url')))
    throw damaged(`line ${number} is not signed by this custodian`);
}

/** What the lines amount to. A last line without its end was being written when the power went: it never counted. */
function replay(text: string, keys: ReadonlyMap<string, string>) {
  const lines = text.split('\n').slice(0, -1);
  let [ceremony, previous]: [Ceremony | null, string] = [null, FIRST];
  for (const [at, raw] of lines.entries()) {
    const entry = parse(raw, at + 1);
    if (entry.previous !== previous) throw damaged(`line ${at + 1} does not follow the line before it`);
    requireSigned(entry, keys, at + 1);
    ceremony = apply(ceremony, entry.record);
    previous = hashOf(raw);
  }
  return { ceremony, previous, lines, length: Buffer.byteLength(lines.map((raw) => `${raw}\n`).join('')) };
}

async function readAll(handle: FileHandle): Promise<string> {
  const { size } = await handle.stat();
  if (size > MAX_BYTES) throw damaged('it is larger than any ceremony');
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

/** A ceremony on disk (0600): signed lines, each bound to the one before, on the disk before anything outside is changed. */
export interface Journal {
  /** Null before its first record. */
  ceremony(): Ceremony | null;
  /** The signed lines, as they stand on the disk. */
  lines(): readonly string[];
  /** @throws CustodyError `step-refused`, and then nothing is written */
  append(record: CeremonyRecord): Promise<Ceremony>;
}

const SAFE = constants.O_NOFOLLOW ?? 0;

/** @throws CustodyError `ceremony-damaged`, naming the first bad line */
export async function openJournal(path: string, { custodian, now }: Deps): Promise<Journal> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT | SAFE, 0o600);
  try {
    await handle.chmod(0o600);
    const found = replay(await readAll(handle), new Map([[custodian.keyId, custodian.publicKey]]));
    // What a crash left of a line that never counted.
    await handle.truncate(found.length);
    await syncFolder(path);
    return journalOf(path, found, { custodian, now });
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

function journalOf(path: string, found: ReturnType<typeof replay>, { custodian, now }: Deps): Journal {
  let { ceremony, previous, length } = found;
  const lines = [...found.lines];
  let writing: Promise<unknown> = Promise.resolve();

  const write = async (record: CeremonyRecord): Promise<Ceremony> => {
    const next = apply(ceremony, record);
    const unsigned = { at: now().toISOString(), previous, record, signer: custodian.keyId };
    const signature = custodian.sign(signedBytes(unsigned)).toString('base64url');
    const text = JSON.stringify({ ...unsigned, signature });
    const bytes = Buffer.from(`${text}\n`);
    await writeLine(path, bytes, length);
    lines.push(text);
    [ceremony, previous, length] = [next, hashOf(text), length + bytes.length];
    return next;
  };
  return {
    ceremony: () => ceremony,
    lines: () => lines,
    append(record) {
      const written = writing.then(() => write(record));
      writing = written.catch(() => undefined);
      return written;
    },
  };
}
