import { createHash, createPublicKey, verify } from 'node:crypto';
import { base58 } from '@scure/base';
import { describe, expect, it } from 'vitest';
import { newPayerPair } from '../../tests/fixtures/payer.ts';
import { openPayerSigner, type PayerKeyError, readPayerPair } from './payer-key.ts';

const [ours, other] = [newPayerPair(), newPayerPair()];

const refusal = (privateKey: string, publicKey: string): PayerKeyError => {
  try {
    readPayerPair({ privateKey, publicKey });
  } catch (error) {
    return error as PayerKeyError;
  }
  throw new Error('it was accepted');
};

describe('a payer key pair', () => {
  it('is known by the SHA-256 of its public key', () => {
    const expected = createHash('sha256').update(ours.raw).digest('hex');
    expect(readPayerPair(ours).fingerprint).toBe(expected);
    expect(readPayerPair(other).fingerprint).not.toBe(expected);
  });

  it('is refused when its halves belong to different keys', () => {
    expect(refusal(ours.privateKey, other.publicKey).code).toBe('mismatched');
  });

  it('is refused when the private half carries a foreign public key', () => {
    const seed = base58.decode(ours.privateKey).slice(0, 32);
    const forged = base58.encode(Buffer.concat([seed, other.raw]));
    expect(refusal(forged, other.publicKey).code).toBe('mismatched');
    expect(refusal(forged, ours.publicKey).code).toBe('mismatched');
  });

  it.each([
    ['not base58', '0OIl', ours.publicKey],
    ['empty', '', ours.publicKey],
    ['a seed alone', base58.encode(base58.decode(ours.privateKey).slice(0, 32)), ours.publicKey],
    ['with a short address', ours.privateKey, base58.encode(ours.raw.subarray(1))],
    ['with an address that is not base58', ours.privateKey, 'not an address'],
  ])('is refused when it is %s, and the refusal says nothing of it', (_what, privateKey, publicKey) => {
    const { code, message, cause } = refusal(privateKey, publicKey);
    expect(code).toBe('malformed');
    expect(cause).toBeUndefined();
    for (const secret of [privateKey, publicKey]) if (secret !== '') expect(message).not.toContain(secret);
  });
});

describe('the payer’s signer', () => {
  it('signs as the wallet does, and shows nothing but its public half', () => {
    const { seed, fingerprint } = readPayerPair(ours);
    const signer = openPayerSigner(seed, fingerprint);
    const message = Buffer.from('a message');
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), ours.raw]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(verify(null, message, key, signer.sign(message))).toBe(true);
    expect(JSON.stringify(signer)).toBe(JSON.stringify({ address: ours.publicKey, fingerprint }));
  });

  it('is refused when its key is not the one that sessions belong to', () => {
    const { fingerprint } = readPayerPair(other);
    for (const foreign of [fingerprint, undefined])
      expect(() => openPayerSigner(readPayerPair(ours).seed, foreign)).toThrow('not the one');
  });
});
