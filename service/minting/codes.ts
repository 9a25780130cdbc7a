import { createHmac } from 'node:crypto';
import { framed } from '../../shared/ledger/frame.ts';
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
const STORE = 'sallyport/mint-tokens';
const COLUMN = 'code_envelope';
const INFO = 'sallyport/mint-tokens/v1/job';

/** HMAC-SHA-256 of the normalised code. */
export const hashCode = (keys: Pick<CodeKeys, 'hash'>, code: string): Buffer =>
  createHmac('sha256', keys.hash).update(code).digest();

/**
 * The key of one job's envelopes. A job has at most some millions of them, and GCM takes 2^32 random nonces under one key
 * (NIST SP 800-38D, 8.3).
 */
export const envelopeKey = ({ seed }: Pick<CodeKeys, 'seed'>, jobId: string): Buffer =>
  derivedKey(seed, Buffer.from(jobId), INFO);

const place = (tokenId: string): Uint8Array => framed([STORE, COLUMN, tokenId, String(VERSION)]);

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
