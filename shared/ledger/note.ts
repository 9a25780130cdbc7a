import { base64, hex } from '@scure/base';
import { EvidenceError } from './evidence-error.ts';
import type { Sha256 } from './merkle.ts';

/** Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature. */

/** Type of a key that signs the text itself. */
export const ED25519 = 0x01;
/** Type of a witness's key, which signs the text with a time in front (C2SP tlog-cosignature). */
export const COSIGNATURE = 0x04;
export type KeyType = typeof ED25519 | typeof COSIGNATURE;

const KEY_ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;
/** Far above any checkpoint; what a verifier is ready to read. */
const MOST_CHARACTERS = 65_536;
const MOST_SIGNATURES = 64;
/** Characters of a note that is kept or passed on: far above what a checkpoint with many witnesses takes. */
export const MOST_KEPT_CHARACTERS = 16_384;

/** A name holds neither spaces nor plus signs, which separate it from what follows. */
const NAME = /^[^\s+\p{Cc}]{1,256}$/u;
const SIGNATURE_LINE = /^— ([^\s+\p{Cc}]{1,256}) ([A-Za-z0-9+/]+={0,2})$/u;

export interface VerifierKey {
  readonly name: string;
  /** 32 bits in hex: a hint which key to try, not a proof. */
  readonly id: string;
  readonly type: KeyType;
  /** Raw Ed25519 key, 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  /** What follows the key id. */
  readonly value: Uint8Array;
}

export interface SignedNote {
  /** Ends with a line break, which is signed too. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

/** The first 32 bits of SHA-256 over name, line break, type and public key. */
export function keyIdOf(sha256: Sha256, name: string, type: KeyType, publicKey: Uint8Array): string {
  const hash = sha256(joined(utf8(`${name}\n`), new Uint8Array([type]), publicKey));
  return hex.encode(hash.subarray(0, KEY_ID_BYTES));
}

/** `name+id+base64(type || key)`, as people write it down. */
export const formatKey = ({ name, id, type, publicKey }: VerifierKey): string =>
  `${name}+${id}+${base64.encode(joined(new Uint8Array([type]), publicKey))}`;

export const makeKey = (sha256: Sha256, name: string, type: KeyType, publicKey: Uint8Array): VerifierKey => ({
  name,
  id: keyIdOf(sha256, name, type, publicKey),
  type,
  publicKey,
});

function decoded(text: string, what: string): Uint8Array {
  try {
    return base64.decode(text);
  } catch (cause) {
    throw new EvidenceError('note-malformed', `${what} is not base64`, { cause });
  }
}

/** @throws EvidenceError `key-malformed`, also when the id is not the one of the key */
export function parseKey(sha256: Sha256, text: string): VerifierKey {
  const [name = '', id = '', ...rest] = text.split('+');
  const refuse = (why: string) => new EvidenceError('key-malformed', `the verifier key ${why}`);
  let material: Uint8Array;
  try {
    // Base64 has plus signs of its own.
    material = base64.decode(rest.join('+'));
  } catch {
    throw refuse('is not name+id+base64');
  }
  const [type] = material;
  if (!NAME.test(name) || !/^[0-9a-f]{8}$/.test(id)) throw refuse('is not name+id+base64');
  if (material.length !== 1 + PUBLIC_KEY_BYTES || (type !== ED25519 && type !== COSIGNATURE))
    throw refuse('is of a kind that is not known here');
  const key = makeKey(sha256, name, type, material.subarray(1));
  if (key.id !== id) throw refuse('has an id that is not its own');
  return key;
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
  if (name === undefined || encoded === undefined)
    throw new EvidenceError('note-malformed', 'a signature line is malformed');
  const bytes = decoded(encoded, 'a signature');
  if (bytes.length <= KEY_ID_BYTES) throw new EvidenceError('note-malformed', 'a signature is too short');
  return { name, id: hex.encode(bytes.subarray(0, KEY_ID_BYTES)), value: bytes.subarray(KEY_ID_BYTES) };
}

/** @throws EvidenceError `note-malformed` */
export function parseNote(note: string): SignedNote {
  const refuse = (why: string) => new EvidenceError('note-malformed', `the signed note ${why}`);
  if (note.length > MOST_CHARACTERS) throw refuse('is too long');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids them
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw refuse('holds control characters');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw refuse('has no signatures');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) throw refuse('has too many signatures');
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

export const signatureLine = (key: Pick<VerifierKey, 'name' | 'id'>, value: Uint8Array): string =>
  `— ${key.name} ${base64.encode(joined(hex.decode(key.id), value))}\n`;

/** @param lines of `signatureLine` */
export const formatNote = (text: string, lines: readonly string[]): string => `${text}\n${lines.join('')}`;

/** The lines of a note's signatures again, to be put under the same text elsewhere. */
export const linesOf = ({ signatures }: SignedNote): string[] =>
  signatures.map((signature) => signatureLine(signature, signature.value));
