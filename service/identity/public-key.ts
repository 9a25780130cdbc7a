import { createPublicKey, type KeyObject } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { base64urlnopad } from '@scure/base';
import { IdentityError } from './identity-error.ts';

/**
 * Whether this is a public key that only its owner can sign for (RFC 8032 section 5.1.7; SPEC 19.2). Node's verification
 * accepts low-order keys, for which one signature fits many messages, so keys are judged once, when they are registered:
 * canonical encoding, on the curve, in the prime-order subgroup.
 * @param publicKey raw 32 bytes in base64url
 * @throws IdentityError `public-key-unusable`
 */
export function requireUsablePublicKey(publicKey: string): void {
  let usable = false;
  try {
    const bytes = base64urlnopad.decode(publicKey);
    // Strict decoding: y below the prime, no negative zero.
    const point = ed25519.Point.fromBytes(bytes, false);
    usable = base64urlnopad.encode(bytes) === publicKey && !point.isSmallOrder() && point.isTorsionFree();
  } catch (cause) {
    throw new IdentityError('public-key-unusable', 'this is not an Ed25519 public key', { cause });
  }
  if (!usable) throw new IdentityError('public-key-unusable', 'this Ed25519 public key is of low order');
}

/** Imported keys by their text; importing costs more than the lookup, and operators are few. */
const IMPORTED_LIMIT = 256;
const imported = new Map<string, KeyObject>();

/** The key object for verification. */
export function importPublicKey(publicKey: string): KeyObject {
  const known = imported.get(publicKey);
  if (known) return known;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  if (imported.size >= IMPORTED_LIMIT) imported.clear();
  imported.set(publicKey, key);
  return key;
}
