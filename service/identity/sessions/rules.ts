import { createHash } from 'node:crypto';
import { base64urlnopad } from '@scure/base';
import { HttpError } from '../../gate/http-error.ts';
import type { RefreshTokenRow } from './store.ts';

export const REFRESH_BYTES = 32;

/** @param random 32 bytes of a CSPRNG. Session tokens carry no prefix (SPEC 1). */
export const newRefreshToken = (random: Uint8Array): string => {
  if (random.length !== REFRESH_BYTES) throw new RangeError('a refresh token takes 32 random bytes');
  return base64urlnopad.encode(random);
};

/** At rest it is its SHA-256: with 256 random bits there is nothing to guess. */
export const refreshHash = (token: string): Buffer => createHash('sha256').update(token).digest();

/** What the log says of a refresh token: a hash of the hash that finds it, by which neither is found. */
export const refreshCheck = (hash: Uint8Array): string =>
  createHash('sha256').update('sallyport/refresh-token/v1').update(hash).digest('hex');

/** One sentence for all of them: whoever tries a token learns nothing about it. */
export const refusedRefresh = (): HttpError =>
  new HttpError('unauthorized', 'this refresh token is not good; log in again');

export type RefreshVerdict = 'good' | 'refused' | 'reused';

/** What a refresh token is worth now. Used twice means that two parties hold it, whoever of them came first and however late. */
export function judgeRefresh(row: RefreshTokenRow | undefined, now: Date): RefreshVerdict {
  // A revoked session is over already: its end is in the ledger, and its tokens can only be refused.
  if (!row || row.revoked_at !== null) return 'refused';
  if (row.used_at !== null) return 'reused';
  return row.expires_at.getTime() > now.getTime() ? 'good' : 'refused';
}
