import canonicalize from 'canonicalize';
import { z } from 'zod';
import { decrypt, encrypt, hkdf, NONCE_BYTES, type Random, SALT_BYTES } from './crypto.ts';

const STORE = 'sallyport-vault';
const RECORD_INFO = 'sallyport/vault/v1/record';

/** Unpadded base64url of an exact number of bytes. */
export const base64urlOf = (bytes: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$`));

/** A secret at rest, under a key of its own. */
export const sealedRecord = z.strictObject({
  salt: base64urlOf(SALT_BYTES),
  nonce: base64urlOf(NONCE_BYTES),
  /** Ciphertext and tag. */
  box: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .max(100_000),
});
export type SealedRecord = z.infer<typeof sealedRecord>;

/** Where a record belongs. A record moved anywhere else no longer opens (SPEC 3). */
export interface Place {
  readonly column: 'slot' | 'item';
  readonly vaultId: string;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  /** Bound to the record with it, where it has one. */
  readonly label?: string | undefined;
  readonly canary?: boolean | undefined;
}

/** RFC 8785 array, so that no two places have the same bytes. */
const associatedData = (p: Place): Buffer => {
  const place = [STORE, p.column, p.vaultId, p.id, p.type, p.version];
  return Buffer.from(
    canonicalize(p.label === undefined ? place : [...place, p.label, p.canary === true]) ?? '',
  );
};

/** Seals a secret under HKDF(root, fresh salt): the key is used for this one record, so its nonce cannot repeat. */
export function seal(root: Uint8Array, secret: Uint8Array, place: Place, random: Random): SealedRecord {
  const salt = random(SALT_BYTES);
  const nonce = random(NONCE_BYTES);
  const key = hkdf(root, salt, RECORD_INFO);
  try {
    return {
      salt: salt.toString('base64url'),
      nonce: nonce.toString('base64url'),
      box: encrypt(key, nonce, associatedData(place), secret).toString('base64url'),
    };
  } finally {
    key.fill(0);
  }
}

/** @throws VaultError `not-authentic` */
export function unseal(root: Uint8Array, record: SealedRecord, place: Place): Buffer {
  const key = hkdf(root, Buffer.from(record.salt, 'base64url'), RECORD_INFO);
  try {
    return decrypt(
      key,
      Buffer.from(record.nonce, 'base64url'),
      associatedData(place),
      Buffer.from(record.box, 'base64url'),
    );
  } finally {
    key.fill(0);
  }
}
