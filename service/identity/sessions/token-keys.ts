import { createHash, hkdfSync } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { base64urlnopad } from '@scure/base';
import { importJWK } from 'jose';
import { thumbprint } from '../../../shared/http/sign.ts';
import type { Database } from '../../db/database.ts';
import { readTokenKeys } from './store.ts';

export interface TokenKey {
  readonly version: number;
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  readonly publicKey: Awaited<ReturnType<typeof importJWK>>;
  readonly privateKey: Awaited<ReturnType<typeof importJWK>>;
  /** RFC 8037; what `/.well-known/jwks.json` shows. */
  readonly jwk: {
    readonly kty: 'OKP';
    readonly crv: 'Ed25519';
    readonly x: string;
    readonly kid: string;
    readonly alg: 'EdDSA';
    readonly use: 'sig';
  };
}

/** Derives one version. HKDF-SHA-256 (RFC 5869): a leaked key tells nothing about the one before or after it. */
async function deriveKey(seed: Uint8Array, version: number): Promise<TokenKey> {
  const secret = new Uint8Array(hkdfSync('sha256', seed, '', `sallyport/access-token/v1/${version}`, 32));
  const x = base64urlnopad.encode(ed25519.getPublicKey(secret));
  const kid = thumbprint(x, (bytes) => createHash('sha256').update(bytes).digest());
  const shape = { kty: 'OKP', crv: 'Ed25519', x } as const;
  const d = base64urlnopad.encode(secret);
  return {
    version,
    kid,
    publicKey: await importJWK(shape, 'EdDSA'),
    privateKey: await importJWK({ ...shape, d }, 'EdDSA'),
    jwk: { ...shape, kid, alg: 'EdDSA', use: 'sig' },
  };
}

/**
 * The versions of the signing key. Which one signs and which ones verify is a row of the database (`token_keys`), read for
 * every decision; only the derived keys are kept here, and they never change.
 */
export class TokenKeys {
  readonly #seed: Uint8Array;
  readonly #derived = new Map<number, Promise<TokenKey>>();
  readonly #byKid = new Map<string, TokenKey>();

  /** @param seed 32 bytes for this purpose alone */
  constructor(seed: Uint8Array) {
    if (seed.length !== 32) throw new RangeError('the seed of access tokens has 32 bytes');
    this.#seed = seed;
  }

  version(version: number): Promise<TokenKey> {
    const derived = this.#derived.get(version) ?? deriveKey(this.#seed, version);
    this.#derived.set(version, derived);
    return derived;
  }

  /**
   * The key with this kid, if it was ever activated. Whether it is still good is asked together with the session.
   * @param kid attacker-controlled: it is compared with what we derived, never used to find or fetch a key
   */
  async activated(db: Pick<Database, 'kysely'>, kid: string): Promise<TokenKey | null> {
    const known = this.#byKid.get(kid);
    if (known) return known;
    // Another instance may have rotated: its row is there before its first token is.
    for (const row of await readTokenKeys(db.kysely)) {
      const key = await this.version(row.version);
      if (key.kid === row.kid) this.#byKid.set(key.kid, key);
    }
    return this.#byKid.get(kid) ?? null;
  }
}
