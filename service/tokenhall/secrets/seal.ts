import { framed } from '../../../shared/ledger/frame.ts';
import { derivedKey, NONCE_BYTES, openBox, SealError, sealBox } from '../../sealing/aead.ts';
import { TokenhallError } from '../tokenhall-error.ts';

export const SALT_BYTES = 32;

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
const recordKey = (root: Uint8Array, salt: Uint8Array): Buffer => derivedKey(root, salt, RECORD_INFO);

/** AES-256-GCM under HKDF(root, fresh salt): neither key nor nonce is ever used for anything else. */
export function seal(root: Uint8Array, material: Uint8Array, place: Place, random: Random): Sealed {
  const salt = Buffer.from(random(SALT_BYTES));
  const nonce = Buffer.from(random(NONCE_BYTES));
  const key = recordKey(root, salt);
  try {
    const box = sealBox(key, nonce, associatedData(place), material);
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
  if (salt.length !== SALT_BYTES)
    throw new TokenhallError('secret-unreadable', `${place.id} is not a sealed record`);
  const key = recordKey(root, salt);
  try {
    return openBox(key, nonce, associatedData(place), box);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new TokenhallError('secret-unreadable', `${place.id} does not open with root ${place.version}`);
  } finally {
    key.fill(0);
  }
}
