import { createHmac, timingSafeEqual } from 'node:crypto';
import { framed, jcs } from '../../shared/ledger/commitment.ts';
import { type ContentRow, contentOf } from './entry-row.ts';

const DOMAIN = 'sallyport/ledger/staged/v1';

/** The MAC key as it arrives over the process port: 32 bytes in base64url. */
export const macKeyOf = (encoded: string): Buffer => Buffer.from(encoded, 'base64url');

/**
 * HMAC-SHA-256 over everything a staged row says, its commitments included, under a key that the database does not
 * have: who can write rows but not compute this can stage nothing.
 */
export function stagingMac(key: Uint8Array, row: ContentRow, leaf: string): Buffer {
  const { id, kind, at, actor, agent, requestId } = contentOf(row);
  const message = framed([DOMAIN, jcs({ id, kind, at, actor, agent, requestId }), row.data, leaf]);
  return createHmac('sha256', key).update(message).digest();
}

/** A row with what seals it. */
export interface SealedRow extends ContentRow {
  readonly leaf: string;
  readonly mac: Buffer;
}

/** Whether the api wrote this row as it is. Everything in it is attacker-controlled until then. */
export function isAuthentic(row: SealedRow, key: Uint8Array): boolean {
  let expected: Buffer;
  try {
    expected = stagingMac(key, row, row.leaf);
  } catch {
    // What cannot even be read was not written by the api.
    return false;
  }
  return expected.length === row.mac.length && timingSafeEqual(expected, row.mac);
}
