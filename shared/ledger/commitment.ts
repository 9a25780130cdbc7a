import { hex as hexCode } from '@scure/base';
import canonicalize from 'canonicalize';
import type { Actor } from './entry.ts';
import { leafHash, type Sha256 } from './merkle.ts';

/** What an entry says, before it is numbered. */
export interface EntryContent {
  readonly id: string;
  readonly kind: string;
  /** ISO 8601 with milliseconds, UTC. */
  readonly at: string;
  readonly actor: Actor;
  readonly agent: string | null;
  readonly requestId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Each field has a salt of its own: 32 random bytes, so that a withheld value cannot be guessed from its commitment. */
export const SALT_BYTES = 32;

const DOMAIN = 'sallyport/ledger/field/v1';

export class CommitmentError extends Error {
  override readonly name = 'CommitmentError';
  readonly code: 'not-json' | 'salts';

  constructor(code: CommitmentError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Half of a character: what JSON may spell and UTF-8 cannot say. */
const SURROGATE = /[\ud800-\udfff]/;

/** JCS (RFC 8785). @throws CommitmentError `not-json` for what JSON cannot hold */
export function jcs(value: unknown): string {
  // Most fields are short texts or nothing; for these JSON has one spelling, and asking the library costs ten times as much.
  if (value === null) return 'null';
  if (typeof value === 'string' && !SURROGATE.test(value)) return JSON.stringify(value);
  try {
    const text = canonicalize(value);
    if (text !== undefined) return text;
  } catch (cause) {
    throw new CommitmentError('not-json', 'a ledger value must be JSON', { cause });
  }
  throw new CommitmentError('not-json', 'a ledger value must be JSON');
}

const encoder = new TextEncoder();

/** Parts with their lengths in front (32 bits, big-endian), so that no two lists of parts give the same bytes. */
export function framed(parts: readonly (string | Uint8Array)[]): Uint8Array {
  const encoded = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const result = new Uint8Array(encoded.reduce((sum, part) => sum + 4 + part.length, 0));
  let offset = 0;
  for (const part of encoded) {
    const { length } = part;
    result[offset] = length >>> 24;
    result[offset + 1] = length >>> 16;
    result[offset + 2] = length >>> 8;
    result[offset + 3] = length;
    result.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return result;
}

/** The fields of an entry with their paths, in the order of the leaf: by UTF-16 code units, as JCS sorts keys. */
export function fieldsOf(entry: EntryContent): (readonly [path: string, value: unknown])[] {
  const fields: (readonly [string, unknown])[] = [
    ['kind', entry.kind],
    ['at', entry.at],
    ['actor', entry.actor],
    ['agent', entry.agent],
    ['requestId', entry.requestId],
    ...Object.entries(entry.data).map(([name, value]) => [`data.${name}`, value] as const),
  ];
  return fields.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** SHA-256 over domain, entry id, path, salt and JCS(value), each with its length in front (SPEC 10). */
export function commitField(
  sha256: Sha256,
  field: {
    readonly entryId: string;
    readonly path: string;
    readonly salt: Uint8Array;
    readonly value: unknown;
  },
): Uint8Array {
  if (field.salt.length !== SALT_BYTES) throw new CommitmentError('salts', 'a salt has 32 bytes');
  return sha256(framed([DOMAIN, field.entryId, field.path, field.salt, jcs(field.value)]));
}

/**
 * The Merkle leaf of an entry: JCS of `[[path, commitment in hex], …]` in the order of `fieldsOf`.
 * @param salts 32 bytes for each field, in that order
 */
export function leafOf(sha256: Sha256, entry: EntryContent, salts: Uint8Array): string {
  const fields = fieldsOf(entry);
  if (salts.length !== fields.length * SALT_BYTES) {
    throw new CommitmentError('salts', `${fields.length} fields need as many salts`);
  }
  const pairs = fields.map(([path, value], i) => {
    const salt = salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES);
    return [path, hexCode.encode(commitField(sha256, { entryId: entry.id, path, salt, value }))] as const;
  });
  // Lists of texts have one spelling too, where every text is whole.
  return pairs.some(([path]) => SURROGATE.test(path)) ? jcs(pairs) : JSON.stringify(pairs);
}

/** RFC 6962 hash of a leaf's text. */
export const hashLeaf = (sha256: Sha256, leaf: string): Uint8Array =>
  leafHash(sha256, new TextEncoder().encode(leaf));
