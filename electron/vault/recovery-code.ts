import type { Random } from './crypto.ts';
import { VaultError } from './errors.ts';

/** 160 random bits: beyond guessing without any stretching, so a lost passphrase costs no security. */
export const RECOVERY_BYTES = 20;
const GROUPS = 8;
const DATA_CHARACTERS = 4;
const GROUP_CHARACTERS = DATA_CHARACTERS + 1;

/** Crockford's base32 has no I, L, O and U; the first three are read as the digits they look like. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LOOKALIKES: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/** Multiplication by x in GF(2^5) with x^5 + x^2 + 1. */
const timesX = (a: number): number => ((a << 1) ^ (a & 16 ? 0b100101 : 0)) & 31;

/**
 * The last character of a group: a Reed-Solomon check over GF(32) of its four characters and its position. It catches every
 * single wrong character, every transposition and every two groups that changed places, and so names the group to look at.
 */
function checkOf(data: readonly number[], position: number): number {
  return data.reduce((sum, value) => timesX(sum ^ value), position + 1);
}

const groupText = (data: readonly number[], position: number): string =>
  [...data, checkOf(data, position)].map((value) => ALPHABET.charAt(value)).join('');

/** 40 characters in 8 groups of 5, e.g. `7ZK4M-0QX2C-…`: 32 carry the secret, the last of each group checks it. */
export function formatRecoveryCode(secret: Uint8Array): string {
  if (secret.length !== RECOVERY_BYTES) throw new RangeError('a recovery secret is 20 bytes');
  const bits = [...secret].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const values = Array.from({ length: GROUPS * DATA_CHARACTERS }, (_, i) =>
    Number.parseInt(bits.slice(i * 5, i * 5 + 5), 2),
  );
  return Array.from({ length: GROUPS }, (_, g) =>
    groupText(values.slice(g * DATA_CHARACTERS, (g + 1) * DATA_CHARACTERS), g),
  ).join('-');
}

export const newRecoverySecret = (random: Random): Buffer => random(RECOVERY_BYTES);

/** Upper case without separators, with lookalikes read as digits: what a person typed, made comparable. */
export const normaliseCode = (typed: string): string =>
  typed
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[OIL]/g, (character) => LOOKALIKES[character] ?? character);

const wrong = (message: string) => new VaultError('wrong-recovery-code', message);

/**
 * Reads a typed code.
 * @throws VaultError `wrong-recovery-code` that names the first mistyped group
 */
export function parseRecoveryCode(typed: string): Buffer {
  const text = normaliseCode(typed);
  if (text.length !== GROUPS * GROUP_CHARACTERS)
    throw wrong(
      `A recovery code has ${GROUPS} groups of ${GROUP_CHARACTERS}; this one is incomplete or too long.`,
    );
  let bits = '';
  for (let g = 0; g < GROUPS; g += 1) {
    const group = text.slice(g * GROUP_CHARACTERS, (g + 1) * GROUP_CHARACTERS);
    const values = [...group].map((character) => ALPHABET.indexOf(character));
    const data = values.slice(0, DATA_CHARACTERS);
    if (values.includes(-1) || groupText(data, g) !== group)
      throw wrong(`Group ${g + 1} (${group}) has a typing mistake. Compare it with what you wrote down.`);
    bits += data.map((value) => value.toString(2).padStart(5, '0')).join('');
  }
  return Buffer.from(
    Array.from({ length: RECOVERY_BYTES }, (_, i) => Number.parseInt(bits.slice(i * 8, i * 8 + 8), 2)),
  );
}

/** The group that a person types back to show that the code is written down. */
export const lastGroupOf = (code: string): string => normaliseCode(code).slice(-GROUP_CHARACTERS);
