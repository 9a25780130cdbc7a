import { generateKeyPairSync } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { base64urlnopad, hex } from '@scure/base';
import { describe, expect, it } from 'vitest';
import { requireUsablePublicKey } from './public-key.ts';

const encode = (text: string) => base64urlnopad.encode(hex.decode(text));
const judge = (publicKey: string) => {
  try {
    requireUsablePublicKey(publicKey);
    return 'usable';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

/** All encodings of points of order 1, 2, 4 and 8, canonical and not (the list of libsodium and of "Taming the many EdDSAs"). */
const LOW_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
];

describe('a public key that an operator may enrol', () => {
  it('is what key generators make', () => {
    for (let i = 0; i < 20; i += 1) {
      const { publicKey } = generateKeyPairSync('ed25519');
      expect(judge(publicKey.export({ format: 'jwk' }).x ?? '')).toBe('usable');
    }
  });
});

describe('a public key that many could sign for', () => {
  it.each(LOW_ORDER)('of low order is refused: %s', (key) => {
    expect(judge(encode(key))).toBe('public-key-unusable');
  });

  it('with a small-order component is refused, though it lies on the curve', () => {
    const torsion = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
    const mixed = ed25519.Point.BASE.multiply(7n).add(torsion);
    expect(mixed.isSmallOrder()).toBe(false);
    expect(judge(base64urlnopad.encode(mixed.toBytes()))).toBe('public-key-unusable');
  });
});

describe('bytes that are no public key', () => {
  it.each([
    ['beyond the prime', 'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
    ['not on the curve', '0200000000000000000000000000000000000000000000000000000000000000'],
    ['too short', '00'.repeat(31)],
    ['too long', '01'.repeat(33)],
  ])('%s', (_name, key) => {
    expect(judge(encode(key))).toBe('public-key-unusable');
  });

  it('in a second spelling of the same bytes', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const text = publicKey.export({ format: 'jwk' }).x ?? '';
    for (const spelling of [`${text}=`, ` ${text}`, text.slice(0, -1)])
      expect(judge(spelling)).toBe('public-key-unusable');
    // The last character of 43 carries two unused bits; a decoder that ignores them accepts four spellings.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(text.at(-1) ?? '');
    expect(judge(text.slice(0, -1) + alphabet[last + 1])).toBe('public-key-unusable');
  });
});
