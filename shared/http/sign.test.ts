import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cardFor } from './card.ts';
import type { ProposalContent } from './proposal.ts';
import {
  proposalDigestOf,
  SignError,
  type Signer,
  signApproval,
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

describe('signApproval', () => {
  const { risk: _, ...approval } = { ...request, card: cardFor('keys.create', TARGET, body) };

  it('signs with the tag of approvals and lives as long as it was asked to', async () => {
    const params = (await signApproval(approval, signer, 86_400))['signature-input'] ?? '';
    expect(params).toContain(';created=1700000000;expires=1700086400;');
    expect(params).toMatch(/;tag="sallyport-approval"$/);
  });

  it.each([0, -1, 86_401, Number.NaN])('refuses a life of %s s', async (seconds) => {
    await expect(signApproval(approval, signer, seconds)).rejects.toMatchObject({
      code: 'lifetime-unusable',
    });
  });
});

describe('proposalDigestOf', () => {
  const content: ProposalContent = {
    version: 1,
    route: 'limits.raise',
    method: 'POST',
    target: 'https://console.example/api/keys/key_0/limit',
    body: '{"requestsPerMinute":600}',
    proposer: { id: 'opr_0', name: 'Ada', keyId: signer.keyId },
    nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
    createdAt: '2030-01-01T00:00:00.000Z',
    expiresAt: '2030-01-02T00:00:00.000Z',
  };
  const digest = proposalDigestOf(content, sha256);

  it('is SHA-256 of the canonical content with the digest of the body in its place', () => {
    const { body: text, ...rest } = content;
    const bodySha256 = Buffer.from(sha256(Buffer.from(text))).toString('hex');
    const sorted = Object.fromEntries(
      Object.entries({
        ...rest,
        proposer: { id: 'opr_0', keyId: signer.keyId, name: 'Ada' },
        bodySha256,
      }).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    expect(digest).toBe(Buffer.from(sha256(Buffer.from(JSON.stringify(sorted)))).toString('hex'));
  });

  it.each(Object.keys(content).filter((name) => name !== 'version' && name !== 'proposer'))(
    'changes with %s',
    (name) => {
      expect(proposalDigestOf({ ...content, [name]: 'other' }, sha256)).not.toBe(digest);
    },
  );

  it.each(['id', 'name', 'keyId'])('changes with the proposer’s %s', (name) => {
    const changed = { ...content, proposer: { ...content.proposer, [name]: 'other' } };
    expect(proposalDigestOf(changed, sha256)).not.toBe(digest);
  });
});
