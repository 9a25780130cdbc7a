import { randomBytes } from 'node:crypto';
import { base58 } from '@scure/base';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { KEY_FORMATS } from '../../shared/http/vault-items.ts';
import { CustodyError } from './custody-error.ts';
import { PRIVATE_HALF, PUBLIC_HALF, readKey, writeKey } from './key-formats.ts';
import { addressBytes, identityOf, publicKeyOf, walletHandle } from './wallet-key.ts';

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'accepted';
  } catch (error) {
    return error instanceof CustodyError ? error.code : 'another error';
  }
};

describe('a wallet key', () => {
  it('has the public key of RFC 8032, section 7.1, test 1', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    expect(publicKeyOf(seed).toString('hex')).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
  });

  it('equals what tweetnacl derives, and signs what tweetnacl verifies', () => {
    fc.assert(
      fc.property(seeds, fc.uint8Array({ maxLength: 200 }), (seed, message) => {
        const other = nacl.sign.keyPair.fromSeed(seed);
        const handle = walletHandle(Buffer.from(seed));
        expect(handle.address).toBe(base58.encode(other.publicKey));
        expect(nacl.sign.detached.verify(message, handle.sign(message), other.publicKey)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('is wiped where it came from', () => {
    const seed = randomBytes(32);
    walletHandle(seed);
    expect(seed.every((byte) => byte === 0)).toBe(true);
  });

  it('refuses an address that is none', () => {
    for (const text of ['', '0OIl', 'short', base58.encode(randomBytes(31)), base58.encode(randomBytes(64))])
      expect(codeOf(() => addressBytes(text))).toBe('key-malformed');
  });
});

describe('the formats of a key', () => {
  it.each(KEY_FORMATS)('come back as they went: %s', (format) => {
    fc.assert(
      fc.property(seeds, (seed) => Buffer.from(seed).equals(readKey(writeKey(seed, format)))),
      { numRuns: 25 },
    );
  });

  it('are what the Solana CLI and Phantom hold: seed, then public key', () => {
    const seed = randomBytes(32);
    const { secretKey } = nacl.sign.keyPair.fromSeed(seed);
    expect(JSON.parse(writeKey(seed, 'solana-cli'))).toEqual([...secretKey]);
    expect(base58.decode(writeKey(seed, 'phantom'))).toEqual(secretKey);
    expect(JSON.parse(writeKey(seed, 'secrets-manager'))).toEqual({
      [PRIVATE_HALF]: base58.encode(secretKey),
      [PUBLIC_HALF]: identityOf(publicKeyOf(seed)).address,
    });
  });

  it('refuse halves of two wallets, in every format', () => {
    const [one, two] = [randomBytes(32), randomBytes(32)];
    const mixed = Buffer.concat([one, publicKeyOf(two)]);
    const pair = JSON.stringify({
      [PRIVATE_HALF]: writeKey(one, 'phantom'),
      [PUBLIC_HALF]: identityOf(publicKeyOf(two)).address,
    });
    for (const text of [base58.encode(mixed), JSON.stringify([...mixed]), pair])
      expect(codeOf(() => readKey(text))).toBe('key-mismatched');
  });

  it.each([
    ['nothing', ''],
    ['text', 'garbled text 0OIl'],
    ['half a key', base58.encode(randomBytes(32))],
    ['broken JSON', '[1,2'],
    ['an array that is too short', '[1,2,3]'],
    ['numbers that are no bytes', JSON.stringify(Array.from({ length: 64 }, () => 256))],
    ['one half only', JSON.stringify({ [PRIVATE_HALF]: 'x' })],
  ])('refuse %s, and never repeat it', (_name, text) => {
    expect(codeOf(() => readKey(text))).toBe('key-malformed');
    if (text.length > 3) expect(() => readKey(text)).not.toThrow(text);
  });
});
