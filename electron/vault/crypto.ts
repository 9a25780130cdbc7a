import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { VaultError } from './errors.ts';

export const KEY_BYTES = 32;
export const SALT_BYTES = 32;
/** 96 bits, the length for which GCM needs no further hashing (NIST SP 800-38D, 8.2). */
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FIRST_BLOCK = Uint8Array.of(1);

export type Random = (bytes: number) => Buffer;

/**
 * HKDF-SHA-256 (RFC 5869) to one 32-byte key, which is one block; `info` names the purpose. Not `hkdfSync`: that makes a key object of
 * the material at every call, and each of them is a copy of the root until it is collected.
 */
export function hkdf(ikm: Uint8Array, salt: Uint8Array, info: string): Buffer {
  const prk = createHmac('sha256', salt).update(ikm).digest();
  try {
    return createHmac('sha256', prk).update(info).update(FIRST_BLOCK).digest();
  } finally {
    prk.fill(0);
  }
}

/** AES-256-GCM (NIST SP 800-38D): ciphertext with the 16-byte tag behind it. */
export function encrypt(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** @throws VaultError `not-authentic` when key, nonce, associated data or a single bit differs */
export function decrypt(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  const split = sealed.length - TAG_BYTES;
  if (split < 0) throw new VaultError('not-authentic', 'a record is shorter than its tag');
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(split));
  const head = decipher.update(sealed.subarray(0, split));
  try {
    return Buffer.concat([head, decipher.final()]);
  } catch (cause) {
    throw new VaultError('not-authentic', 'a record does not open with its key', { cause });
  } finally {
    head.fill(0);
  }
}
