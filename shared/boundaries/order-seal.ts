import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64urlnopad } from '@scure/base';
import { OrderError } from './order.ts';

/** 160 bits: nobody guesses it, and a person types it from paper. */
export const CODE_BYTES = 20;
/** Crockford's digits: none is taken for another. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const CODE_DIGITS = 32;

/** @returns eight groups of four, as they stand on the sheet in the envelope */
export function codeOf(bytes: Uint8Array): string {
  if (bytes.length !== CODE_BYTES) throw new RangeError(`the code of an order takes ${CODE_BYTES} bytes`);
  let value = BigInt(`0x${bytesToHex(bytes)}`);
  let text = '';
  for (let i = 0; i < CODE_DIGITS; i += 1) {
    text = DIGITS.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return text.replaceAll(/(.{4})(?=.)/g, '$1-');
}

/** As it was typed: any case, with or without hyphens and spaces, `o` for zero, `i` and `l` for one. */
const typed = (code: string): string =>
  code.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');

/**
 * The seed of the key that runs an order. It is made from the code and the order's id, so that a code fits one order.
 * @throws OrderError `not-a-code`
 */
function seedOf(code: string, orderId: string): Uint8Array {
  const digits = typed(code);
  if (digits.length !== CODE_DIGITS || [...digits].some((digit) => !DIGITS.includes(digit)))
    throw new OrderError('not-a-code', 'A code has eight groups of four digits and letters.');
  return hkdf(sha256, utf8ToBytes(digits), utf8ToBytes(orderId), utf8ToBytes('sallyport/break-glass/v1'), 32);
}

/** Public half of the key of a code, in base64url: the seal that stands in the order. */
export const sealOf = (code: string, orderId: string): string =>
  base64urlnopad.encode(ed25519.getPublicKey(seedOf(code, orderId)));

export interface RunRequest {
  /** The whole file. */
  readonly order: string;
  readonly at: string;
  readonly nonce: string;
}

/** What is signed to run an order: the file as a whole, once, now. */
export const runMessage = ({ order, at, nonce }: RunRequest): Uint8Array =>
  utf8ToBytes(`sallyport/break-glass-run/v1\n${bytesToHex(sha256(utf8ToBytes(order)))}\n${at}\n${nonce}\n`);

/** The code never leaves whoever runs the order: it signs. */
export const signRun = (request: RunRequest, code: string, orderId: string): string =>
  base64urlnopad.encode(ed25519.sign(runMessage(request), seedOf(code, orderId)));
