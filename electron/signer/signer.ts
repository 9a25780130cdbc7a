import { createHash, randomBytes } from 'node:crypto';
import type { Card } from '../../shared/http/card.ts';
import { cardDigest, SignError, signRequest } from '../../shared/http/sign.ts';
import { RateCap } from './cap.ts';
import { type Prepared, SignerError } from './request.ts';

/** What the signer needs of a key: never the key. */
interface KeyHandle {
  readonly keyId: string;
  sign(bytes: Uint8Array): Uint8Array;
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

export const hashOfCard = (card: Card): string => cardDigest(card, sha256);

export interface Signer {
  readonly keyId: string;
  /** Headers that the request must carry. @throws SignerError */
  sign(prepared: Prepared): Promise<Readonly<Record<string, string>>>;
}

/** 128 random bits: unique without any memory of earlier ones. */
const freshNonce = (): string => randomBytes(16).toString('base64url');

/** Signs prepared requests (RFC 9421) with the key behind one handle. */
export function createSigner(key: KeyHandle, now: () => number, cap: RateCap = new RateCap()): Signer {
  return {
    keyId: key.keyId,
    async sign({ request, risk, card }) {
      if (risk === 'routine' && !cap.take(now()))
        throw new SignerError('rate-capped', 'Too many routine actions in a minute. Wait, then try again.');
      const { method, targetUri, body, contentType, idempotencyKey } = request;
      const headers = { 'content-type': contentType, 'idempotency-key': idempotencyKey };
      const unsigned = { method, targetUri, headers, body, risk };
      try {
        return await signRequest(card ? { ...unsigned, card } : unsigned, {
          keyId: key.keyId,
          sign: (bytes) => key.sign(bytes),
          now,
          nonce: freshNonce,
          sha256,
        });
      } catch (cause) {
        if (cause instanceof SignError)
          throw new SignerError('invalid-request', 'This request cannot be signed.', { cause });
        throw cause;
      }
    },
  };
}
