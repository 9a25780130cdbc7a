import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { framed } from '../../../shared/ledger/frame.ts';
import { ExportError } from './export-error.ts';

/**
 * Objects at rest are sealed: a stolen disk or bucket holds no code. AES-256-GCM in segments (the STREAM construction, Hoang,
 * Reyhanitabar, Rogaway, Vizár 2015): the nonce is the segment's number and whether it is the last one, so that none can be
 * moved, repeated or cut off; the key is of this object alone.
 *
 * salt (32 bytes), then segments: 64 KiB, the last one less, each with its tag of 16 bytes.
 */
const DOMAIN = 'sallyport/minting/export-object/v1';
const SALT_BYTES = 32;
const SEGMENT_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

const keyOf = (seed: Uint8Array, salt: Uint8Array, name: string): Buffer =>
  Buffer.from(hkdfSync('sha256', seed, salt, framed([DOMAIN, name]), 32));

function nonceOf(segment: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt32BE(segment, NONCE_BYTES - 5);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}

/** Cuts a stream into segments and tells the last one, which may be empty. */
async function* segmentsOf(
  parts: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<{ readonly number: number; readonly segment: Buffer; readonly isLast: boolean }> {
  let held: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const part of parts) {
    held = held.length === 0 ? Buffer.from(part) : Buffer.concat([held, part]);
    let from = 0;
    for (; held.length - from > bytes; from += bytes) {
      yield { number, segment: held.subarray(from, from + bytes), isLast: false };
      number += 1;
    }
    held = held.subarray(from);
  }
  yield { number, segment: held, isLast: true };
}

export interface ObjectKey {
  /** 32 bytes, of the service. */
  readonly seed: Uint8Array;
  /** Of the object: under another name it does not open. */
  readonly name: string;
}

/** @param salt 32 fresh random bytes */
export async function* sealObject(
  { seed, name }: ObjectKey,
  salt: Uint8Array,
  plain: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (salt.length !== SALT_BYTES) throw new RangeError('a salt has 32 bytes');
  const key = keyOf(seed, salt, name);
  yield salt;
  for await (const { number, segment, isLast } of segmentsOf(plain, SEGMENT_BYTES)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, isLast), { authTagLength: TAG_BYTES });
    yield Buffer.concat([cipher.update(segment), cipher.final(), cipher.getAuthTag()]);
  }
}

const damaged = () => new ExportError('object-damaged', 'the stored file is not the one that was sealed');

function openSegment(key: Buffer, number: number, isLast: boolean, segment: Buffer): Buffer {
  if (segment.length < TAG_BYTES) throw damaged();
  const split = segment.length - TAG_BYTES;
  const nonce = nonceOf(number, isLast);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(segment.subarray(split));
  const plain = decipher.update(segment.subarray(0, split));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    throw damaged();
  }
}

/** Takes the salt off the stream. */
async function beginning(stored: AsyncIterator<Uint8Array>): Promise<{ salt: Buffer; rest: Buffer }> {
  let held: Buffer = Buffer.alloc(0);
  while (held.length < SALT_BYTES) {
    const { value, done } = await stored.next();
    if (done) throw damaged();
    held = Buffer.concat([held, value]);
  }
  return { salt: held.subarray(0, SALT_BYTES), rest: held.subarray(SALT_BYTES) };
}

/**
 * What storage gives is attacker-controlled: a segment is passed on only when it is the one that was sealed here, in its place.
 * @throws ExportError `object-damaged`
 */
export async function* openObject(
  { seed, name }: ObjectKey,
  stored: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    const { salt, rest } = await beginning(stored);
    const key = keyOf(seed, salt, name);
    const following = (async function* () {
      yield rest;
      yield* stored;
    })();
    for await (const { number, segment, isLast } of segmentsOf(following, SEGMENT_BYTES + TAG_BYTES))
      yield openSegment(key, number, isLast, segment);
  } finally {
    await stored.return(undefined);
  }
}
