import { base64 } from '@scure/base';
import { EvidenceError } from './evidence-error.ts';
import {
  COSIGNATURE,
  ED25519,
  joined,
  type NoteSignature,
  type SignedNote,
  signatureLine,
  utf8,
  type VerifierKey,
} from './note.ts';

/** A signed head of the log (C2SP tlog-checkpoint): origin, size and root, a line each. */
export interface Checkpoint {
  /** Names the log and its epoch; another history never has the same origin. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${base64.encode(root)}\n`;

/** @throws EvidenceError `note-malformed` */
export function parseCheckpoint(text: string): Checkpoint {
  const refuse = (why: string) => new EvidenceError('note-malformed', `the checkpoint ${why}`);
  const [origin = '', size = '', encoded = '', ...extensions] = text.split('\n');
  if (origin === '' || !/^(?:0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw refuse('does not say whose it is and of what size');
  // Ours have no extension lines; one that we cannot read is not one that we can judge.
  if (extensions.length !== 1 || extensions[0] !== '') throw refuse('has lines that are not known here');
  let root: Uint8Array;
  try {
    root = base64.decode(encoded);
  } catch {
    throw refuse('has a root that is not base64');
  }
  if (root.length !== 32) throw refuse('has a root that is not SHA-256');
  return { origin, size: Number(size), root };
}

/** Ed25519 (RFC 8032). Comes in by parameter, like hashing. */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

const SIGNATURE_BYTES = 64;
const TIME_BYTES = 8;

/** What a witness signs: the time of its check in seconds since 1970, and the whole text. */
const cosigned = (text: string, seconds: bigint): Uint8Array =>
  utf8(`cosignature/v1\ntime ${seconds}\n${text}`);

/** A witness's line under a checkpoint. @param sign Ed25519 with the witness's key */
export function cosign(
  key: VerifierKey,
  text: string,
  seconds: number,
  sign: (message: Uint8Array) => Uint8Array,
): string {
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(seconds));
  return signatureLine(key, joined(time, sign(cosigned(text, BigInt(seconds)))));
}

const isOf = (key: VerifierKey, signature: NoteSignature): boolean =>
  signature.name === key.name && signature.id === key.id;

export type SignatureVerdict =
  | { readonly state: 'absent' | 'bad' }
  /** `seconds` is when a witness looked; null for a signature without a time. */
  | { readonly state: 'good'; readonly seconds: number | null };

/** Whether this key signed this note. A line that names the key and is not good is `bad`, never overlooked. */
export function judgeSignature(verify: VerifyEd25519, note: SignedNote, key: VerifierKey): SignatureVerdict {
  const found = note.signatures.filter((signature) => isOf(key, signature));
  const [signature, second] = found;
  if (!signature) return { state: 'absent' };
  if (second) return { state: 'bad' };
  const { value } = signature;
  if (key.type === ED25519) {
    const good = value.length === SIGNATURE_BYTES && verify(key.publicKey, utf8(note.text), value);
    return good ? { state: 'good', seconds: null } : { state: 'bad' };
  }
  if (key.type !== COSIGNATURE || value.length !== TIME_BYTES + SIGNATURE_BYTES) return { state: 'bad' };
  const seconds = new DataView(value.buffer, value.byteOffset).getBigUint64(0);
  return verify(key.publicKey, cosigned(note.text, seconds), value.subarray(TIME_BYTES))
    ? { state: 'good', seconds: Number(seconds) }
    : { state: 'bad' };
}
