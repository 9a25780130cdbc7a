import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { base58 } from '@scure/base';
import { CustodyError } from './custody-error.ts';

/** RFC 8410: an Ed25519 private key in PKCS #8, up to its 32 bytes. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
export const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;

/** The public half of a wallet: what may be shown, logged and compared. */
export interface WalletIdentity {
  /** The Solana address: the public key in base58. */
  readonly address: string;
  /** SHA-256 (hex) of the public key, as the service answers it. */
  readonly fingerprint: string;
}

/** What the signing call needs, and no more: it takes no public key from its caller (SPEC 19.17). */
export interface WalletHandle extends WalletIdentity {
  /** Raw 64-byte Ed25519 signature over exactly these bytes. */
  sign(message: Uint8Array): Buffer;
}

const keyOf = (seed: Uint8Array) => {
  const der = Buffer.concat([PKCS8_ED25519, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
};

/** Raw 32-byte public key of a 32-byte seed (RFC 8032, section 5.1.5). */
export function publicKeyOf(seed: Uint8Array): Buffer {
  return Buffer.from(createPublicKey(keyOf(seed)).export({ format: 'jwk' }).x ?? '', 'base64url');
}

export const identityOf = (publicKey: Uint8Array): WalletIdentity => ({
  address: base58.encode(publicKey),
  fingerprint: createHash('sha256').update(publicKey).digest('hex'),
});

/** Takes the seed over and wipes it; the key lives on in OpenSSL's memory. */
export function walletHandle(seed: Buffer): WalletHandle {
  const key = keyOf(seed);
  const identity = identityOf(publicKeyOf(seed));
  seed.fill(0);
  return { ...identity, sign: (message) => sign(null, message, key) };
}

/** A public key that came from outside as an address. @throws CustodyError `key-malformed` */
export function addressBytes(address: string): Buffer {
  let raw: Uint8Array | null = null;
  try {
    raw = base58.decode(address);
  } catch {
    // Said below, without the text: a person may have pasted a private key.
  }
  if (raw?.length !== PUBLIC_KEY_BYTES)
    throw new CustodyError('key-malformed', 'This is not a Solana address: 32 bytes in base58.');
  return Buffer.from(raw);
}
