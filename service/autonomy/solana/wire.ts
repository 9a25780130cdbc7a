import { base58 } from '@scure/base';

const SIGNATURE_BYTES = 64;

/**
 * The signatures of a transaction as it travels: a count, then 64 bytes each, then the message.
 * @returns base58; none when it is no transaction
 */
export function signaturesOf(wire: Uint8Array): string[] {
  const count = wire[0] ?? 0;
  // A count above 127 takes a second byte, and no transaction of 1232 bytes has room for so many.
  if (count === 0 || count > 127 || wire.length <= 1 + count * SIGNATURE_BYTES) return [];
  return Array.from({ length: count }, (_, index) =>
    base58.encode(wire.subarray(1 + index * SIGNATURE_BYTES, 1 + (index + 1) * SIGNATURE_BYTES)),
  );
}

/** A token account's layout: mint, owner, then the amount in 64 bits, little-endian. */
const ACCOUNT_BYTES = 165;
const OWNER_AT = 32;
const AMOUNT_AT = 64;

/** @returns null when it is no account of this owner and mint */
export function tokenAmount(data: Uint8Array, owner: string, mint: string): bigint | null {
  if (data.length !== ACCOUNT_BYTES) return null;
  const bytes = Buffer.from(data);
  const belongs =
    base58.encode(bytes.subarray(0, OWNER_AT)) === mint &&
    base58.encode(bytes.subarray(OWNER_AT, AMOUNT_AT)) === owner;
  return belongs ? bytes.readBigUInt64LE(AMOUNT_AT) : null;
}
