import { createHash, timingSafeEqual } from 'node:crypto';

/** The admin tokens that are good now, as SHA-256. The tokens themselves are with whoever starts the service. */
export class AdminTokens {
  #hashes: readonly Buffer[] = [];

  /** Replaces the whole set. @param sha256Hex lower-case hex of each token */
  replace(sha256Hex: readonly string[]): ReadonlySet<string> {
    this.#hashes = sha256Hex.map((hex) => Buffer.from(hex, 'hex'));
    return new Set(sha256Hex);
  }

  /** SHA-256 of every token that is good now. */
  hashes(): readonly Buffer[] {
    return this.#hashes;
  }

  /** The hash of the token when it is in the set. Every hash is compared, in constant time. */
  match(token: string): string | null {
    const hash = createHash('sha256').update(token).digest();
    let found = false;
    for (const known of this.#hashes)
      found = (known.length === hash.length && timingSafeEqual(known, hash)) || found;
    return found ? hash.toString('hex') : null;
  }
}
