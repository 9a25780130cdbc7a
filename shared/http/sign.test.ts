import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cardFor } from './card.ts';
import {
  SignError,
  type Signer,
  signatureBase,
  signRequest,
  thumbprint,
  type UnsignedRequest,
} from './sign.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const TARGET = 'https://console.example/api/keys';
const body = new TextEncoder().encode('{"label":"a"}');

const signer: Signer = {
  keyId: thumbprint(publicKey.export({ format: 'jwk' }).x ?? '', sha256),
  sign: (bytes) => sign(null, bytes, privateKey),
  now: () => 1_700_000_000_999,
  nonce: () => 'AAAAAAAAAAAAAAAAAAAAAA',
  sha256,
};

const request: UnsignedRequest = {
  method: 'POST',
  targetUri: TARGET,
  headers: { 'content-type': 'application/json', 'idempotency-key': 'idem-0001' },
  body,
  risk: 'sensitive',
  card: cardFor('keys.create', TARGET, body),
};

describe('thumbprint', () => {
  it('matches the published vector of RFC 8037 appendix A.3', () => {
    expect(thumbprint('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', sha256)).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
  });
});

describe('signRequest', () => {
  it('signs the base of RFC 9421 over exactly the components that its input names', async () => {
    const headers = await signRequest(request, signer);
    const params = headers['signature-input']?.replace(/^sallyport=/, '') ?? '';
    expect(params).toBe(
      '("@method" "@target-uri" "content-type" "content-digest" "idempotency-key" "sallyport-card")' +
        `;created=1700000000;expires=1700000060;nonce="AAAAAAAAAAAAAAAAAAAAAA";keyid="${signer.keyId}"` +
        ';alg="ed25519";tag="sallyport-admin"',
    );
    const base = signatureBase(
      [
        ['@method', 'POST'],
        ['@target-uri', TARGET],
        ['content-type', 'application/json'],
        ['content-digest', headers['content-digest'] ?? ''],
        ['idempotency-key', 'idem-0001'],
        ['sallyport-card', headers['sallyport-card'] ?? ''],
      ],
      params,
    );
    const raw = Buffer.from(/^sallyport=:(.+):$/.exec(headers.signature ?? '')?.[1] ?? '', 'base64');
    expect(verify(null, base, publicKey, raw)).toBe(true);
    expect(verify(null, Buffer.concat([base, Buffer.of(10)]), publicKey, raw)).toBe(false);
  });

  it('refuses what it cannot sign faithfully', async () => {
    const refused = async (change: Partial<UnsignedRequest>, by: Partial<Signer> = {}) =>
      signRequest({ ...request, ...change }, { ...signer, ...by }).then(
        () => 'signed',
        (error: unknown) => (error instanceof SignError ? error.code : 'another error'),
      );
    const { card: _, ...cardless } = request;
    expect(await signRequest(cardless, signer).catch((error: SignError) => error.code)).toBe('card-missing');
    expect(await refused({ risk: 'routine' })).toBe('card-unwanted');
    expect(await refused({}, { nonce: () => 'short' })).toBe('nonce-unusable');
    for (const value of ['', ' padded', 'two\nlines'])
      expect(await refused({ headers: { ...request.headers, 'idempotency-key': value } })).toBe(
        'header-unusable',
      );
  });
});
