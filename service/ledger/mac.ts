import { createHmac, timingSafeEqual } from 'node:crypto';
import { type EntryContent, jcs } from '../../shared/ledger/commitment.ts';
import { Frame } from '../../shared/ledger/frame.ts';
import { isScanEvent } from '../../shared/ledger/kinds/scans.ts';
import { SCAN_SEAL_PURPOSE } from '../../shared/service/keys.ts';
import { type ContentRow, contentOf } from './entry-row.ts';

const DOMAIN = 'sallyport/ledger/staged/v1';

/** The MAC key as it arrives over the process port: 32 bytes in base64url. */
export const macKeyOf = (encoded: string): Buffer => Buffer.from(encoded, 'base64url');

/**
 * The key that seals entries of a kind. Those of the scan plane have one of their own, derived from the other by a one-way
 * function: who has taken over that plane holds it, and can seal entries of no other kind with it.
 * @param stagingKey what api and integrator share
 */
export const sealKeyOf = (stagingKey: Uint8Array, kind: string): Uint8Array =>
  isScanEvent(kind) ? createHmac('sha256', stagingKey).update(SCAN_SEAL_PURPOSE).digest() : stagingKey;

/** A row with what seals it. */
export interface SealedRow extends ContentRow {
  readonly leaf: string;
  readonly mac: Buffer;
}

const frame = new Frame();

/**
 * HMAC-SHA-256 over everything a staged row says, its commitments included, under a key that the database does not
 * have: who can write rows but not compute this can stage nothing.
 * @param key of the kind of the entry
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
 * What a row says, if one of our processes wrote it as it is. Everything in it is attacker-controlled until then.
 * @param key the staging key
 * @returns `undefined` for any other row
 */
export function readAuthentic(row: SealedRow, key: Uint8Array): EntryContent | undefined {
  try {
    const content = contentOf(row);
    const expected = stagingMac(sealKeyOf(key, content.kind), content, row);
    const authentic = expected.length === row.mac.length && timingSafeEqual(expected, row.mac);
    return authentic ? content : undefined;
  } catch {
    // What cannot even be read was not written by us.
    return undefined;
  }
}
