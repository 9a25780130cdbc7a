import { hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decrypt, encrypt, hkdf } from './crypto.ts';
import { type Place, seal, unseal } from './record.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

describe('hkdf', () => {
  it('matches test case 3 of RFC 5869, which has neither salt nor info', () => {
    expect(hkdf(Buffer.alloc(22, 0x0b), Buffer.alloc(0), '').toString('hex')).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d',
    );
  });

  it('equals what OpenSSL derives', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, bytes, fc.string({ maxLength: 100 }), (ikm, salt, info) =>
        hkdf(ikm, salt, info).equals(Buffer.from(hkdfSync('sha256', ikm, salt, info, 32))),
      ),
      { numRuns: 25 },
    );
  });

  it('gives another key for another purpose', () => {
    const ikm = Buffer.alloc(32, 1);
    expect(hkdf(ikm, Buffer.alloc(0), 'a').equals(hkdf(ikm, Buffer.alloc(0), 'b'))).toBe(false);
  });
});

describe('encrypt', () => {
  // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16.
  const key = hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308');
  const nonce = hex('cafebabefacedbaddecaf888');
  const aad = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
  const plaintext = hex(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  );
  const sealed = hex(
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662' +
      '76fc6ece0f4e1768cddf8853bb2d551b',
  );

  it('matches the published vector and opens again', () => {
    expect(encrypt(key, nonce, aad, plaintext).equals(sealed)).toBe(true);
    expect(decrypt(key, nonce, aad, sealed).equals(plaintext)).toBe(true);
  });

  it('refuses every flipped byte of ciphertext, tag and associated data', () => {
    const flipped = (bytes: Buffer, at: number) => Buffer.from(bytes.map((b, i) => (i === at ? b ^ 1 : b)));
    for (let at = 0; at < sealed.length; at += 1)
      expect(() => decrypt(key, nonce, aad, flipped(sealed, at))).toThrowError(
        expect.objectContaining({ code: 'not-authentic' }),
      );
    for (let at = 0; at < aad.length; at += 1)
      expect(() => decrypt(key, nonce, flipped(aad, at), sealed)).toThrowError(
        expect.objectContaining({ code: 'not-authentic' }),
      );
  });

  it('refuses a record that is shorter than its tag', () => {
    expect(() => decrypt(key, nonce, aad, Buffer.alloc(15))).toThrowError(
      expect.objectContaining({ code: 'not-authentic' }),
    );
  });
});

describe('seal', () => {
  const place: Place = { column: 'item', vaultId: 'v', id: 'i', type: 't', version: 1 };

  it('opens whatever was sealed, and only in its own place under its own root', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (secret) => {
        const root = randomBytes(32);
        const record = seal(root, secret, place, randomBytes);
        expect(unseal(root, record, place).equals(secret)).toBe(true);
        const elsewhere: Place[] = [
          { ...place, column: 'slot' },
          { ...place, vaultId: 'w' },
          { ...place, id: 'j' },
          { ...place, type: 'u' },
          { ...place, version: 2 },
        ];
        for (const other of elsewhere) expect(() => unseal(root, record, other)).toThrowError();
        expect(() => unseal(randomBytes(32), record, place)).toThrowError();
      }),
      { numRuns: 50 },
    );
  });

  it('never uses a salt or nonce twice for the same secret', () => {
    const root = randomBytes(32);
    const records = Array.from({ length: 2000 }, () => seal(root, Buffer.alloc(32), place, randomBytes));
    expect(new Set(records.map((r) => `${r.salt} ${r.nonce}`)).size).toBe(records.length);
    expect(new Set(records.map((r) => r.salt)).size).toBe(records.length);
  });
});
