import { createPrivateKey, createPublicKey, hkdfSync, sign } from 'node:crypto';
import { ED25519, makeKey, type VerifierKey } from '../../../shared/ledger/note.ts';
import { sha256 } from '../entry-row.ts';

/** PKCS #8 of an Ed25519 seed (RFC 8410): the algorithm, then 32 bytes. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface LedgerKey {
  readonly version: number;
  readonly publicKey: Buffer;
  sign(message: Uint8Array): Uint8Array;
}

/** Derives one version. HKDF-SHA-256 (RFC 5869): a leaked key tells nothing about the one before or after it. */
function derive(seed: Uint8Array, version: number): LedgerKey {
  const secret = Buffer.from(hkdfSync('sha256', seed, '', `sallyport/checkpoint/v1/${version}`, 32));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return {
    version,
    publicKey: Buffer.from(x, 'base64url'),
    sign: (message) => sign(null, message, key),
  };
}

/**
 * The versions of the key that signs the log's heads. The seed is in the integrator and nowhere else; which version signs
 * is a row of the database, so whoever can write there can at most make an earlier one sign again.
 */
export class LedgerKeys {
  readonly #seed: Uint8Array;
  readonly #derived = new Map<number, LedgerKey>();
  /** Name of the log and of its keys: the fingerprint of its first key, so no two logs share it. */
  readonly name: string;

  /** @param seed 32 bytes for this purpose alone */
  constructor(seed: Uint8Array) {
    if (seed.length !== 32) throw new RangeError('the seed of ledger keys has 32 bytes');
    this.#seed = seed;
    this.name = logName(this.version(1).publicKey);
  }

  version(version: number): LedgerKey {
    const key = this.#derived.get(version) ?? derive(this.#seed, version);
    this.#derived.set(version, key);
    return key;
  }

  verifier(version: number): VerifierKey {
    return makeKey(sha256, this.name, ED25519, this.version(version).publicKey);
  }
}

/** @param firstKey public key of version 1 */
export const logName = (firstKey: Uint8Array): string =>
  `sallyport-ledger/${sha256(firstKey).toString('hex').slice(0, 16)}`;

/** Every epoch is a log of its own to whoever follows it: nothing in it need be consistent with what was before. */
export const originOf = (name: string, epoch: number): string =>
  epoch === 1 ? name : `${name}/epoch-${epoch}`;
