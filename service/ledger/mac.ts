import { createHmac, timingSafeEqual } from 'node:crypto';
import { type EntryContent, jcs } from '../../shared/ledger/commitment.ts';
import { Frame } from '../../shared/ledger/frame.ts';
import { type ContentRow, contentOf } from './entry-row.ts';

const DOMAIN = 'sallyport/ledger/staged/v1';

/** The MAC key as it arrives over the process port: 32 bytes in base64url. */
export const macKeyOf = (encoded: string): Buffer => Buffer.from(encoded, 'base64url');

/** A row with what seals it. */
export interface SealedRow extends ContentRow {
  readonly leaf: string;
  readonly mac: Buffer;
}

const frame = new Frame();

/**
 * HMAC-SHA-256 over everything a staged row says, its commitments included, under a key that the database does not
 * have: who can write rows but not compute this can stage nothing.
 * @param content of the row
 */
export function stagingMac(
  key: Uint8Array,
  { id, kind, at, actor, agent, requestId }: EntryContent,
  row: Pick<SealedRow, 'data' | 'leaf'>,
): Buffer {
  const { bytes } = frame
    .cut()
    .add(DOMAIN)
    .add(jcs({ id, kind, at, agent, requestId, actor }))
    .add(row.data)
    .add(row.leaf);
  return createHmac('sha256', key).update(bytes).digest();
}

/**
 * What a row says, if the api wrote it as it is. Everything in it is attacker-controlled until then.
 * @returns `undefined` for any other row
 */
export function readAuthentic(row: SealedRow, key: Uint8Array): EntryContent | undefined {
  try {
    const content = contentOf(row);
    const expected = stagingMac(key, content, row);
    const authentic = expected.length === row.mac.length && timingSafeEqual(expected, row.mac);
    return authentic ? content : undefined;
  } catch {
    // What cannot even be read was not written by the api.
    return undefined;
  }
}
