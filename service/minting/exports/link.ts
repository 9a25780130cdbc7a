import { createHmac, timingSafeEqual } from 'node:crypto';
import { DOWNLOAD_SECONDS } from '../../../shared/http/mint-exports.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import { framed } from '../../../shared/ledger/frame.ts';

const DOMAIN = 'sallyport/minting/export-link/v1';

/** What an address is signed over: all that it says. */
export interface LinkClaims {
  readonly exportId: string;
  /** The member for whom it was issued. */
  readonly accountId: string;
  readonly object: string;
  /** Seconds since 1970. */
  readonly expires: string;
}

const signatureOf = (key: Uint8Array, { exportId, accountId, object, expires }: LinkClaims): string =>
  createHmac('sha256', key)
    .update(framed([DOMAIN, exportId, accountId, object, expires]))
    .digest('base64url');

/** Compares texts, not bytes: base64url has four spellings of these 32 bytes, and only ours is an address of ours. */
function same(given: string, own: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(own)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface IssuedLink {
  /** Path and query. */
  readonly url: string;
  readonly expiresAt: Date;
}

export function issueLink(key: Uint8Array, of: Omit<LinkClaims, 'expires'>, now: Date): IssuedLink {
  // Cut, not rounded up: nobody gets more than was said.
  const seconds = Math.floor(now.getTime() / 1000) + DOWNLOAD_SECONDS;
  const claims = { ...of, expires: String(seconds) };
  const query = new URLSearchParams({
    account: claims.accountId,
    object: claims.object,
    expires: claims.expires,
    signature: signatureOf(key, claims),
  });
  const url = `/api/v1/minting/exports/${claims.exportId}/download?${query}`;
  return { url, expiresAt: new Date(seconds * 1000) };
}

/** Shaped like a name in private storage, and the name of nothing. */
const NO_OBJECT = '0'.repeat(64);
/** A second longer than an address works. */
const PAST_MS = (DOWNLOAD_SECONDS + 1) * 1000;

/** For the negative probes: what we have signed, of nothing that exists, and whose time has passed. Nobody can open anything by it. */
export const expiredLink = (key: Uint8Array, now: Date): string =>
  issueLink(
    key,
    {
      exportId: makeId('mintExport', new Uint8Array(10), 0),
      ...{ accountId: makeId('account', new Uint8Array(10), 0), object: NO_OBJECT },
    },
    new Date(now.getTime() - PAST_MS),
  ).url;

export type LinkVerdict = 'valid' | 'expired' | 'forged';

/** @param signature attacker-controlled, as everything else of the address */
export function judgeLink(key: Uint8Array, claims: LinkClaims, signature: string, now: Date): LinkVerdict {
  if (!same(signature, signatureOf(key, claims))) return 'forged';
  return now.getTime() < Number(claims.expires) * 1000 ? 'valid' : 'expired';
}
