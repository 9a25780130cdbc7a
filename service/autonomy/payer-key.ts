import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { base58 } from '@scure/base';

/** Why the configured payer key cannot be used. No message holds a part of it. */
export class PayerKeyError extends Error {
  override readonly name = 'PayerKeyError';
  readonly code: 'malformed' | 'mismatched';

  constructor(code: 'malformed' | 'mismatched', message: string) {
    super(message);
    this.code = code;
  }
}

/** RFC 8410: an Ed25519 private key in PKCS #8, up to its 32 bytes. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

const SEED_BYTES = 32;

/** As Phantom exports it: seed, then public key. */
const SECRET_KEY_BYTES = 64;

function decoded(text: string, bytes: number, what: string): Buffer {
  const malformed = () => new PayerKeyError('malformed', `one half is not ${what} in base58`);
  let raw: Uint8Array;
  try {
    raw = base58.decode(text);
  } catch {
    throw malformed();
  }
  if (raw.length !== bytes) throw malformed();
  return Buffer.from(raw);
}

const privateKeyOf = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });

/** The public key that belongs to a seed: what the pair claims is never believed. */
function publicKeyOf(seed: Uint8Array): Buffer {
  return Buffer.from(createPublicKey(privateKeyOf(seed)).export({ format: 'jwk' }).x ?? '', 'base64url');
}

const fingerprintOf = (publicKey: Uint8Array): string => createHash('sha256').update(publicKey).digest('hex');

export interface PayerKeyPair {
  /** `PHANTOM_SESSION_PRIVATE_KEY`: 64 bytes in base58. */
  readonly privateKey: string;
  /** `PHANTOM_WALLET_PUBLIC_KEY`: 32 bytes in base58, the wallet's address. */
  readonly publicKey: string;
}

export interface PayerKey {
  /** 32 bytes in base64url: the private half, which goes where keys go. */
  readonly seed: string;
  /** SHA-256 (hex) of the public key. */
  readonly fingerprint: string;
}

/**
 * A pair whose halves belong together.
 * @throws PayerKeyError `malformed`, `mismatched`
 */
export function readPayerPair({ privateKey, publicKey }: PayerKeyPair): PayerKey {
  const secret = decoded(privateKey, SECRET_KEY_BYTES, 'the 64 bytes of a Solana secret key');
  const claimed = decoded(publicKey, SEED_BYTES, 'the 32 bytes of a Solana address');
  const derived = publicKeyOf(secret.subarray(0, SEED_BYTES));
  const seed = secret.subarray(0, SEED_BYTES).toString('base64url');
  const belongs = derived.equals(claimed) && derived.equals(secret.subarray(SEED_BYTES));
  secret.fill(0);
  if (!belongs)
    throw new PayerKeyError('mismatched', 'the halves belong to different keys; set both halves of one pair');
  return { seed, fingerprint: fingerprintOf(claimed) };
}

/** What the payer signs with: a handle, whose key nobody reads out of it. */
export interface PayerSigner {
  /** The wallet's address, base58. */
  readonly address: string;
  /** SHA-256 (hex) of its public key, by which sessions name it. */
  readonly fingerprint: string;
  sign(message: Uint8Array): Uint8Array;
}

/**
 * @param seed 32 bytes in base64url
 * @param fingerprint what the sessions of this service belong to
 * @throws PayerKeyError `mismatched`: a session must never be signed for with the key of another
 */
export function openPayerSigner(seed: string, fingerprint: string | undefined): PayerSigner {
  const bytes = Buffer.from(seed, 'base64url');
  const publicKey = publicKeyOf(bytes);
  if (fingerprintOf(publicKey) !== fingerprint)
    throw new PayerKeyError('mismatched', 'the payer’s key is not the one that the settings name');
  const key = privateKeyOf(bytes);
  bytes.fill(0);
  return { address: base58.encode(publicKey), fingerprint, sign: (message) => sign(null, message, key) };
}
