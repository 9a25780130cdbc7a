import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { framed } from '../../../shared/ledger/frame.ts';
import { TokenhallError } from '../tokenhall-error.ts';

const KEY_BYTES = 32;
export const SALT_BYTES = 32;
/** 96 bits, the length for which GCM needs no further hashing (NIST SP 800-38D, 8.2). */
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const STORE = 'sallyport/provider-secrets';
const COLUMN = 'box';
const RECORD_INFO = 'sallyport/provider-secrets/v1/record';

export type Random = (bytes: number) => Uint8Array;

/** Where a record belongs. Moved anywhere else, or under another root, it no longer opens (SPEC 3). */
export interface Place {
  /** Agent, account or `platform`. */
  readonly tenant: string;
  readonly id: string;
  readonly provider: string;
  /** Version of the root. */
  readonly version: number;
}

/** A secret at rest. */
export interface Sealed {
  readonly salt: Buffer;
  readonly nonce: Buffer;
  /** Ciphertext and tag. */
  readonly box: Buffer;
}

/** Every part with its length in front, so that no two places have the same bytes. */
const associatedData = ({ tenant, id, provider, version }: Place): Uint8Array =>
  framed([STORE, COLUMN, tenant, id, `provider-key/${provider}`, String(version)]);

/** HKDF-SHA-256 (RFC 5869): the key of exactly one record, because its salt is. */
const recordKey = (root: Uint8Array, salt: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', root, salt, RECORD_INFO, KEY_BYTES));

/** AES-256-GCM under HKDF(root, fresh salt): neither key nor nonce is ever used for anything else. */
export function seal(root: Uint8Array, material: Uint8Array, place: Place, random: Random): Sealed {
  const salt = Buffer.from(random(SALT_BYTES));
  const nonce = Buffer.from(random(NONCE_BYTES));
  const key = recordKey(root, salt);
  try {
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData(place));
    const box = Buffer.concat([cipher.update(material), cipher.final(), cipher.getAuthTag()]);
    return { salt, nonce, box };
  } finally {
    key.fill(0);
  }
}

/**
 * The row is attacker-controlled: whoever writes to the database may have put anything there. Only what was sealed for exactly
 * this place opens.
 * @throws TokenhallError `secret-unreadable`
 */
export function unseal(root: Uint8Array, { salt, nonce, box }: Sealed, place: Place): Buffer {
  const split = box.length - TAG_BYTES;
  if (split < 0 || nonce.length !== NONCE_BYTES || salt.length !== SALT_BYTES)
    throw new TokenhallError('secret-unreadable', `${place.id} is not a sealed record`);
  const key = recordKey(root, salt);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  key.fill(0);
  decipher.setAAD(associatedData(place));
  decipher.setAuthTag(box.subarray(split));
  const head = decipher.update(box.subarray(0, split));
  try {
    return Buffer.concat([head, decipher.final()]);
  } catch {
    // No cause: OpenSSL has nothing to say about it that we do not.
    throw new TokenhallError('secret-unreadable', `${place.id} does not open with root ${place.version}`);
  } finally {
    head.fill(0);
  }
}
