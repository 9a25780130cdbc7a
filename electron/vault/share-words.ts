import { createHash } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { VaultError } from './errors.ts';

export const SET_BYTES = 4;
/** A share of 32 bytes has one more: its place on the polynomial. */
export const VALUE_BYTES = 33;
const CHECK_BYTES = 3;
/** Format, set, index, threshold, value, check: 43 bytes are 344 bits, padded to 32 words of 11 bits. */
const FORMAT = 1;
const HEAD_BYTES = 1 + SET_BYTES + 2;
const TOTAL_BYTES = HEAD_BYTES + VALUE_BYTES + CHECK_BYTES;
const WORD_BITS = 11;
export const SHARE_WORDS = Math.ceil((TOTAL_BYTES * 8) / WORD_BITS);

/** One share as it is written down. */
export interface Share {
  readonly set: Uint8Array;
  /** 1 for the first. */
  readonly index: number;
  /** How many shares open; on the paper too, so that its keeper knows without the vault. */
  readonly threshold: number;
  readonly value: Uint8Array;
}

const wrong = (message: string): VaultError => new VaultError('wrong-share', message);

/** 24 bits against a misread word: one in sixteen million gets by, and is then caught by the hash in the header. */
const checkOf = (body: Uint8Array): Buffer =>
  createHash('sha256').update(body).digest().subarray(0, CHECK_BYTES);

/** 32 words of the BIP-39 English list, each known by its first four letters. The QR code of a share holds the same words. */
export function encodeShare({ set, index, threshold, value }: Share): string {
  if (set.length !== SET_BYTES || value.length !== VALUE_BYTES)
    throw new RangeError('a share has 4 bytes of set and 33 of value');
  const body = Buffer.concat([Uint8Array.of(FORMAT), set, Uint8Array.of(index, threshold), value]);
  const bytes = Buffer.concat([body, checkOf(body)]);
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const words = Array.from({ length: SHARE_WORDS }, (_, i) => {
    const chunk = bits.slice(i * WORD_BITS, (i + 1) * WORD_BITS).padEnd(WORD_BITS, '0');
    return wordlist[Number.parseInt(chunk, 2)] ?? '';
  });
  body.fill(0);
  bytes.fill(0);
  return words.join(' ');
}

/** The word that this one means, also when only its first four letters were written. */
function indexOfWord(typed: string, at: number): number {
  const exact = wordlist.indexOf(typed);
  if (exact !== -1) return exact;
  const begun = typed.length >= 4 ? wordlist.findIndex((word) => word.slice(0, 4) === typed.slice(0, 4)) : -1;
  // Four letters mean a word only when nothing contradicts them.
  if (begun !== -1 && wordlist[begun]?.startsWith(typed)) return begun;
  throw wrong(`Word ${at + 1} is not in the list. Compare it with what is written on the share.`);
}

/**
 * Reads what a person typed or a QR code held; spaces, line breaks, numbers and letter case make no difference.
 * @throws VaultError `wrong-share` that names the first word that is none
 */
export function decodeShare(typed: string): Share {
  const words = typed.toLowerCase().match(/[a-z]+/g) ?? [];
  if (words.length !== SHARE_WORDS)
    throw wrong(
      `A share has ${SHARE_WORDS} words; these are ${words.length}. Look for one that is missing or doubled.`,
    );
  const bits = words.map((word, at) => indexOfWord(word, at).toString(2).padStart(WORD_BITS, '0')).join('');
  const bytes = Buffer.from(
    Array.from({ length: TOTAL_BYTES }, (_, i) => Number.parseInt(bits.slice(i * 8, i * 8 + 8), 2)),
  );
  const body = bytes.subarray(0, TOTAL_BYTES - CHECK_BYTES);
  const padding = bits.slice(TOTAL_BYTES * 8);
  if (body[0] !== FORMAT || padding.includes('1') || !checkOf(body).equals(bytes.subarray(-CHECK_BYTES)))
    throw wrong('These words do not belong together: one is misread, or two have changed places.');
  const share = {
    set: Uint8Array.from(body.subarray(1, 1 + SET_BYTES)),
    index: body[1 + SET_BYTES] ?? 0,
    threshold: body[2 + SET_BYTES] ?? 0,
    value: Uint8Array.from(body.subarray(HEAD_BYTES)),
  };
  bytes.fill(0);
  return share;
}
