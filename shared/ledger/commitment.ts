import { hex as hexCode } from '@scure/base';
import canonicalize from 'canonicalize';
import type { Actor } from './entry.ts';
import { Frame } from './frame.ts';
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

/** The spelling of a value of JSON, as JSON.parse makes it; undefined where the library must judge. */
function spelled(value: unknown): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'string') return SURROGATE.test(value) ? undefined : JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const items = value.map(spelled);
    return items.includes(undefined) ? undefined : `[${items.join(',')}]`;
  }
  return typeof value === 'object' ? spelledObject(value) : undefined;
}

function spelledObject(value: object): string | undefined {
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const members: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const key = spelled(name);
    const member = spelled((value as Record<string, unknown>)[name]);
    if (key === undefined || member === undefined) return undefined;
    members.push(`${key}:${member}`);
  }
  return `{${members.join(',')}}`;
}

/** JCS (RFC 8785). @throws CommitmentError `not-json` for what JSON cannot hold */
export function jcs(value: unknown): string {
  try {
    // Sorted names are all that JSON lacks, and asking the library for every value costs ten times as much.
    const text = spelled(value) ?? canonicalize(value);
    if (text !== undefined) return text;
  } catch (cause) {
    throw new CommitmentError('not-json', 'a ledger value must be JSON', { cause });
  }
  throw new CommitmentError('not-json', 'a ledger value must be JSON');
}

/** For one message at a time: who hashes does not keep what was hashed. */
const frame = new Frame();

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

/** What every commitment of an entry begins with. @returns its length */
const beginField = (entryId: string): number => frame.cut().add(DOMAIN).add(entryId).length;

function endField(sha256: Sha256, begun: number, path: string, salt: Uint8Array, value: unknown): string {
  const text = jcs(value);
  const { bytes } = frame.cut(begun).add(path).add(salt).add(text);
  return sha256.hex?.(bytes) ?? hexCode.encode(sha256(bytes));
}

/** SHA-256, in hex, over domain, entry id, path, salt and JCS(value), each with its length in front (SPEC 10). */
export function commitField(
  sha256: Sha256,
  field: {
    readonly entryId: string;
    readonly path: string;
    readonly salt: Uint8Array;
    readonly value: unknown;
  },
): string {
  if (field.salt.length !== SALT_BYTES) throw new CommitmentError('salts', 'a salt has 32 bytes');
  return endField(sha256, beginField(field.entryId), field.path, field.salt, field.value);
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
  const begun = beginField(entry.id);
  const pairs = fields.map(([path, value], i) => {
    const salt = salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES);
    return [path, endField(sha256, begun, path, salt, value)] as const;
  });
  // Lists of texts have one spelling too, where every text is whole.
  return pairs.some(([path]) => SURROGATE.test(path)) ? jcs(pairs) : JSON.stringify(pairs);
}

const encoder = new TextEncoder();

/** RFC 6962 hash of a leaf's text. */
export const hashLeaf = (sha256: Sha256, leaf: string): Uint8Array => leafHash(sha256, encoder.encode(leaf));
