import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { createVerifier, httpbis } from 'http-message-signatures';
import { describe, expect, it } from 'vitest';
import { cardFor } from '../../../shared/http/card.ts';
import { signRequest, thumbprint } from '../../../shared/http/sign.ts';
import { HttpError } from '../../gate/http-error.ts';
import { parseSignature } from './parse.ts';

const SIGNATURE = `sallyport=:${Buffer.alloc(64, 1).toString('base64')}:`;
const INPUT =
  'sallyport=("@method" "@target-uri");created=1;expires=2;nonce="AAAAAAAAAAAAAAAAAAAAAA";keyid="k";alg="ed25519";tag="t"';

const code = (input: string | null, signature: string | null): string => {
  try {
    parseSignature(input, signature);
    return 'parsed';
  } catch (error) {
    return error instanceof HttpError ? error.code : 'another error';
  }
};

describe('parseSignature', () => {
  it('takes one label apart and keeps the parameters as they were sent', () => {
    expect(parseSignature(INPUT, SIGNATURE)).toMatchObject({
      components: ['@method', '@target-uri'],
      created: 1,
      expires: 2,
      keyId: 'k',
      params: INPUT.slice('sallyport='.length),
    });
  });

  it('takes the parameters in any order', () => {
    const reordered = 'sallyport=();tag="t";alg="ed25519";keyid="k";nonce="n";expires=2;created=1';
    expect(parseSignature(reordered, SIGNATURE)).toMatchObject({ components: [], tag: 't', created: 1 });
  });

  it.each([
    ['', SIGNATURE],
    [`${INPUT} `, SIGNATURE],
    [INPUT.replace('created=1', 'created="1"'), SIGNATURE],
    [INPUT.replace('created=1', 'created=1.5'), SIGNATURE],
    [INPUT.replace('keyid="k"', 'keyid=1'), SIGNATURE],
    [INPUT.replace(';created=1', ''), SIGNATURE],
    [INPUT.replace('("@method" ', '("@method"  '), SIGNATURE],
    [INPUT.replace('"@target-uri")', '"@target-uri" )'), SIGNATURE],
    [INPUT.replace('"@method"', '@method'), SIGNATURE],
    [INPUT.replace('"@method"', '"@method";sf'), SIGNATURE],
    [INPUT, ''],
    [INPUT, 'sallyport=::'],
    [INPUT, `${SIGNATURE}, sallyport=::`],
    [INPUT, SIGNATURE.replace('==', '=')],
    [INPUT, SIGNATURE.replace('AQ==', 'AR==')],
    [INPUT, `sallyport=:${Buffer.alloc(63).toString('base64')}:`],
  ])('refuses %j with %j', (input, signature) => {
    expect(code(input, signature)).toBe('signature_invalid');
  });

  it('refuses one header without the other', () => {
    expect(code(INPUT, null)).toBe('signature_missing');
    expect(code(null, SIGNATURE)).toBe('signature_missing');
  });

  it('never fails in another way, nor takes long, whatever is sent', () => {
    const piece = fc.constantFrom(...INPUT.split(/(?<=[;"=() ])/), ';', '"', '(', ')', 'a'.repeat(200), '::');
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), fc.oneof(text, fc.string()), (input, signature) => {
        expect(code(input, signature)).toMatch(/^parsed$|^signature_invalid$/);
        expect(code(`sallyport=(${input}`, SIGNATURE)).toMatch(/^parsed$|^signature_invalid$/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('another implementation of RFC 9421', () => {
  it('verifies what our signer makes', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
    const body = new TextEncoder().encode('{"label":"a"}');
    const targetUri = 'https://admin.test/api/keys?x=1';
    const keyId = thumbprint(publicKey.export({ format: 'jwk' }).x ?? '', sha256);
    const headers = await signRequest(
      {
        method: 'POST',
        targetUri,
        headers: { 'content-type': 'application/json', 'idempotency-key': 'interop-1' },
        body,
        risk: 'sensitive',
        card: cardFor('keys.create', targetUri, body),
      },
      {
        keyId,
        sign: (bytes) => sign(null, bytes, privateKey),
        now: Date.now,
        nonce: () => 'A'.repeat(22),
        sha256,
      },
    );
    const verifyWith = (url: string) =>
      httpbis.verifyMessage(
        {
          keyLookup: async () => ({
            id: keyId,
            algs: ['ed25519'],
            verify: createVerifier(publicKey, 'ed25519'),
          }),
        },
        { method: 'POST', url, headers },
      );
    expect(await verifyWith(targetUri)).toBe(true);
    expect(await verifyWith(`${targetUri}2`)).toBe(false);
    expect(parseSignature(headers['signature-input'] ?? null, headers.signature ?? null).keyId).toBe(keyId);
  });
});
