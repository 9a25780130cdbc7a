import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

const KEY_BYTES = 32;
const TAG_BYTES = 16;
/** 96 bits, the length for which GCM needs no further hashing (NIST SP 800-38D, 8.2). */
export const NONCE_BYTES = 12;

/** It was not sealed here, or it was changed since. OpenSSL has nothing to say about it that we do not. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly code = 'unreadable';
}

/** HKDF-SHA-256 (RFC 5869): a key for what the salt and the info name, and for nothing else. */
export const derivedKey = (root: Uint8Array, salt: Uint8Array, info: string): Buffer =>
  Buffer.from(hkdfSync('sha256', root, salt, info, KEY_BYTES));

/** AES-256-GCM. The caller sees to it that no key ever meets a nonce twice. @returns ciphertext and tag */
export function sealBox(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, material: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(material), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens what was sealed with this key, nonce and associated data, all of them attacker-controlled.
 * @throws SealError
 */
export function openBox(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, box: Uint8Array): Buffer {
  const split = box.length - TAG_BYTES;
  if (split < 0 || nonce.length !== NONCE_BYTES) throw new SealError('it is not a sealed record');
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(box.subarray(split));
  const head = decipher.update(box.subarray(0, split));
  try {
    return Buffer.concat([head, decipher.final()]);
  } catch {
    throw new SealError('it does not open with this key');
  } finally {
    head.fill(0);
  }
}
