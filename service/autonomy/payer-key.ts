import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
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

/** The public key that belongs to a seed: what the pair claims is never believed. */
function publicKeyOf(seed: Uint8Array): Buffer {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
}

export interface PayerKeyPair {
  /** `PHANTOM_SESSION_PRIVATE_KEY`: 64 bytes in base58. */
  readonly privateKey: string;
  /** `PHANTOM_WALLET_PUBLIC_KEY`: 32 bytes in base58, the wallet's address. */
  readonly publicKey: string;
}

/**
 * The fingerprint of a pair whose halves belong together: SHA-256 (hex) of the public key.
 * @throws PayerKeyError `malformed`, `mismatched`
 */
export function payerFingerprint({ privateKey, publicKey }: PayerKeyPair): string {
  const secret = decoded(privateKey, SECRET_KEY_BYTES, 'the 64 bytes of a Solana secret key');
  const claimed = decoded(publicKey, SEED_BYTES, 'the 32 bytes of a Solana address');
  const derived = publicKeyOf(secret.subarray(0, SEED_BYTES));
  const belongs = derived.equals(claimed) && derived.equals(secret.subarray(SEED_BYTES));
  secret.fill(0);
  if (!belongs)
    throw new PayerKeyError('mismatched', 'the halves belong to different keys; set both halves of one pair');
  return createHash('sha256').update(claimed).digest('hex');
}
