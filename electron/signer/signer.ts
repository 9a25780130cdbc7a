import { createHash, randomBytes } from 'node:crypto';
import type { Card } from '../../shared/http/card.ts';
import {
  cardDigest,
  type Signer as KeySigner,
  SignError,
  signApproval,
  signRequest,
} from '../../shared/http/sign.ts';
import { APPROVAL_LIFETIME_SECONDS } from '../../shared/http/signature.ts';
import { RateCap } from './cap.ts';
import type { Prepared } from './request.ts';
import { SignerError } from './signer-error.ts';

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

/** Seconds that a carried approval may be on its way: as long as the proposal is open, and a day at most. */
const lifetimeUntil = (until: Date, now: number): number =>
  Math.min(APPROVAL_LIFETIME_SECONDS, Math.floor(until.getTime() / 1000) - Math.floor(now / 1000));

/** Signs prepared requests (RFC 9421) with the key behind one handle. */
export function createSigner(key: KeyHandle, now: () => number, cap: RateCap = new RateCap()): Signer {
  const by: KeySigner = {
    keyId: key.keyId,
    sign: (bytes) => key.sign(bytes),
    now,
    nonce: freshNonce,
    sha256,
  };
  return {
    keyId: key.keyId,
    async sign({ request, risk, card, approves, until }) {
      if (risk === 'routine' && !cap.take(now()))
        throw new SignerError('rate-capped', 'Too many routine actions in a minute. Wait, then try again.');
      const { method, targetUri, body, contentType, idempotencyKey } = request;
      const headers = { 'content-type': contentType, 'idempotency-key': idempotencyKey };
      const unsigned = { method, targetUri, headers, body };
      try {
        // An approval without its card is the same refusal as of any other request.
        if (approves && card)
          return await signApproval({ ...unsigned, card }, by, until && lifetimeUntil(until, now()));
        return await signRequest({ ...unsigned, risk, ...(card ? { card } : {}) }, by);
      } catch (cause) {
        if (cause instanceof SignError)
          throw new SignerError('invalid-request', 'This request cannot be signed.', { cause });
        throw cause;
      }
    },
  };
}
