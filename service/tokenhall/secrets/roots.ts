import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { TokenhallError } from '../tokenhall-error.ts';

const ROOT_BYTES = 32;
const CHECK_INFO = 'sallyport/provider-secrets/v1/check';

const expand = (key: Uint8Array, info: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', info, ROOT_BYTES));

/** A version as the database knows it. */
export interface KnownRoot {
  readonly version: number;
  readonly check_value: Buffer;
}

/**
 * The roots that this process holds. Configured ones are keys of their own, and then a version without one is missing: it must
 * not be made up. Without configuration, and below the first configured version, they are derived from the seed.
 */
export class SecretRoots {
  readonly #seed: Uint8Array;
  readonly #configured: ReadonlyMap<number, Buffer>;
  readonly #firstConfigured: number;

  /**
   * @param seed 32 bytes for this purpose alone
   * @param configured keys of 32 bytes in base64url, by version
   */
  constructor(seed: Uint8Array, configured: Readonly<Record<string, string>> = {}) {
    if (seed.length !== ROOT_BYTES) throw new RangeError('the seed of provider secrets has 32 bytes');
    this.#seed = seed;
    this.#configured = new Map(
      Object.entries(configured).map(([version, key]) => [Number(version), Buffer.from(key, 'base64url')]),
    );
    this.#firstConfigured = Math.min(Number.POSITIVE_INFINITY, ...this.#configured.keys());
  }

  /** @returns null for a version that this process lacks */
  find(version: number): Buffer | null {
    if (version >= this.#firstConfigured) return this.#configured.get(version) ?? null;
    return expand(this.#seed, `sallyport/secret-root/v1/${version}`);
  }

  /** Says which root it is and nothing about it. @returns null for a version that this process lacks */
  checkOf(version: number): Buffer | null {
    const root = this.find(version);
    return root && expand(root, CHECK_INFO);
  }

  /** Whether this process holds the root that the database means by this number. */
  holds({ version, check_value: known }: KnownRoot): boolean {
    const own = this.checkOf(version);
    return own !== null && own.length === known.length && timingSafeEqual(own, known);
  }

  /**
   * The root to encrypt with.
   * @throws TokenhallError `root-unusable` when it is missing, or another one than the database means
   */
  require(known: KnownRoot): Buffer {
    const root = this.find(known.version);
    if (root && this.holds(known)) return root;
    throw new TokenhallError(
      'root-unusable',
      root
        ? `this instance holds another key as root ${known.version} of provider secrets; configure the right one`
        : `this instance lacks root ${known.version} of provider secrets; configure it and restart`,
    );
  }
}
