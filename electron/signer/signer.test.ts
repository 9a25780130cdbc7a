import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cardBytes } from '../../shared/http/card.ts';
import { signatureBase, thumbprint } from '../../shared/http/sign.ts';
import { RateCap, ROUTINE_PER_MINUTE } from './cap.ts';
import { type Prepared, prepare } from './request.ts';
import { createSigner, hashOfCard } from './signer.ts';
import type { SigningRequest } from './signing-request.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const key = {
  keyId: thumbprint(publicKey.export({ format: 'jwk' }).x ?? '', sha256),
  sign: (bytes: Uint8Array) => sign(null, bytes, privateKey),
};
const NOW = 1_700_000_000_000;

const request: SigningRequest = {
  route: 'keys.create',
  method: 'POST',
  targetUri: 'http://admin.sallyport.internal/api/keys',
  contentType: 'application/json',
  body: Buffer.from('{"label":"billing","requestsPerMinute":60}'),
  idempotencyKey: 'idem-0001',
};

describe('a sensitive request', () => {
  it('is signed over its own bytes and the hash of the card that they decode to', async () => {
    const prepared = prepare(request);
    expect(prepared.card?.fields).toEqual([
      { label: 'label', value: 'billing' },
      { label: 'requestsPerMinute', value: '60' },
    ]);
    const headers = await createSigner(key, () => NOW).sign(prepared);
    const { card } = prepared;
    if (!card) throw new Error('a sensitive request has a card');
    expect(headers['sallyport-card']).toBe(sha256(cardBytes(card)).toString('hex'));
    expect(hashOfCard(card)).toBe(headers['sallyport-card']);
    const params = headers['signature-input']?.replace('sallyport=', '') ?? '';
    const base = signatureBase(
      [
        ['@method', 'POST'],
        ['@target-uri', request.targetUri],
        ['content-type', 'application/json'],
        ['content-digest', headers['content-digest'] ?? ''],
        ['idempotency-key', 'idem-0001'],
        ['sallyport-card', headers['sallyport-card'] ?? ''],
      ],
      params,
    );
    const signature = Buffer.from(headers.signature?.match(/^sallyport=:(.+):$/)?.[1] ?? '', 'base64');
    expect(verify(null, base, publicKey, signature)).toBe(true);
    expect(
      verify(
        null,
        base.map((b, i) => (i === 5 ? b ^ 1 : b)),
        publicKey,
        signature,
      ),
    ).toBe(false);
  });

  it('is never signed without its card', async () => {
    const bare: Prepared = { request, risk: 'sensitive', card: null, approves: false };
    await expect(createSigner(key, () => NOW).sign(bare)).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('has a new nonce at every signature', async () => {
    const signer = createSigner(key, () => NOW);
    const inputs = await Promise.all(
      Array.from({ length: 50 }, async () => (await signer.sign(prepare(request)))['signature-input']),
    );
    expect(new Set(inputs).size).toBe(50);
  });
});

describe('a routine request', () => {
  const routine: Prepared = { request, risk: 'routine', card: null, approves: false };

  it('is capped in a minute, and no longer after it', async () => {
    let now = NOW;
    const signer = createSigner(key, () => now);
    for (let i = 0; i < ROUTINE_PER_MINUTE; i += 1)
      expect(await signer.sign(routine)).not.toHaveProperty('sallyport-card');
    await expect(signer.sign(routine)).rejects.toMatchObject({ code: 'rate-capped' });
    now += 60_000;
    await signer.sign(routine);
  });

  it('finds no free place in a clock that was set back', () => {
    const cap = new RateCap(1);
    expect(cap.take(NOW)).toBe(true);
    expect(cap.take(NOW - 3_600_000)).toBe(false);
  });
});
