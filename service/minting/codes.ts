import { createHmac, hash } from 'node:crypto';
import { derivedKey, NONCE_BYTES, openBox, SealError, sealBox } from '../sealing/aead.ts';
import { MintingError } from './minting-error.ts';

/** 32 bytes each; the database has neither. */
export interface CodeKeys {
  /** Of the hash that finds a token by its code. */
  readonly hash: Uint8Array;
  /** Root of the envelopes that exports open. */
  readonly seed: Uint8Array;
}

const VERSION = 1;
const TAG_BYTES = 16;
const STORE = 'sallyport/mint-tokens';
const COLUMN = 'code_envelope';
const INFO = 'sallyport/mint-tokens/v1/job';

/** HMAC-SHA-256 of the normalised code. */
export const hashCode = (keys: Pick<CodeKeys, 'hash'>, code: string): Buffer =>
  createHmac('sha256', keys.hash).update(code).digest();

const HASH_BYTES = 32;
const BLOCK_BYTES = 64;

export interface CodeHasher {
  /** The same as `hashCode`. */
  hash(code: string): Buffer;
  /** Forgets the key. */
  end(): void;
}

/**
 * HMAC-SHA-256 for many codes of one key, as two hashes over padded blocks (RFC 2104, section 2): an HMAC object for each code took
 * longer than all of its hashing.
 */
export function codeHasher({ hash: key }: Pick<CodeKeys, 'hash'>): CodeHasher {
  if (key.length > BLOCK_BYTES) throw new RangeError('a longer key is hashed first, and ours is none');
  const padded = (pad: number): Buffer =>
    Buffer.from(Uint8Array.from({ length: BLOCK_BYTES + HASH_BYTES }, (_, i) => pad ^ (key[i] ?? 0)));
  const [inner, outer] = [padded(0x36), padded(0x5c)];
  return {
    hash: (code) => {
      if (code.length > HASH_BYTES) throw new RangeError('a code is shorter');
      const length = inner.write(code, BLOCK_BYTES, 'latin1');
      outer.set(hash('sha256', inner.subarray(0, BLOCK_BYTES + length), 'buffer'), BLOCK_BYTES);
      return hash('sha256', outer, 'buffer');
    },
    end: () => {
      inner.fill(0);
      outer.fill(0);
    },
  };
}

/**
 * The key of one job's envelopes. A job has at most some millions of them, and GCM takes 2^32 random nonces under one key
 * (NIST SP 800-38D, 8.3).
 */
export const envelopeKey = ({ seed }: Pick<CodeKeys, 'seed'>, jobId: string): Buffer =>
  derivedKey(seed, Buffer.from(jobId), INFO);

/** None of the parts holds a NUL, so no two places have the same bytes. */
const place = (tokenId: string): Uint8Array => Buffer.from(`${STORE}\0${COLUMN}\0${tokenId}\0${VERSION}`);

/** Bytes of the envelope of a code of so many characters. */
export const envelopeBytes = (characters: number): number => 1 + NONCE_BYTES + characters + TAG_BYTES;

/** @param nonce 12 bytes from a CSPRNG @returns version, nonce, ciphertext and tag */
export function sealCode(jobKey: Uint8Array, tokenId: string, code: string, nonce: Uint8Array): Buffer {
  const box = sealBox(jobKey, nonce, place(tokenId), Buffer.from(code, 'latin1'));
  return Buffer.concat([Buffer.of(VERSION), nonce, box]);
}

/**
 * The envelope is attacker-controlled: only what was sealed for this token of this job opens.
 * @throws MintingError `code-unreadable`
 */
export function openCode(jobKey: Uint8Array, tokenId: string, envelope: Uint8Array): string {
  const nonce = envelope.subarray(1, 1 + NONCE_BYTES);
  try {
    if (envelope[0] !== VERSION) throw new SealError('it is of another version');
    return openBox(jobKey, nonce, place(tokenId), envelope.subarray(1 + NONCE_BYTES)).toString('latin1');
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new MintingError('code-unreadable', `the code of ${tokenId} cannot be opened: ${error.message}`);
  }
}
