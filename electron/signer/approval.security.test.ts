import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { proposalCard } from '../../shared/http/card.ts';
import type { ProposalContent } from '../../shared/http/proposal.ts';
import { cardDigest, thumbprint } from '../../shared/http/sign.ts';
import { approvalOf, digestOf, PROPOSED } from '../../tests/fixtures/approval-request.ts';
import { prepare } from './request.ts';
import { createSigner, hashOfCard } from './signer.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const signer = createSigner(
  {
    keyId: thumbprint(publicKey.export({ format: 'jwk' }).x ?? '', sha256),
    sign: (bytes) => sign(null, bytes, privateKey),
  },
  () => Date.parse('2030-01-01T00:00:30.000Z'),
);
const refused = expect.objectContaining({ code: 'invalid-request' });
const changed = (change: Partial<ProposalContent>): ProposalContent => ({ ...PROPOSED, ...change });

describe('an approval', () => {
  it('is signed as one, over the card of the proposal that its digest binds', async () => {
    const request = approvalOf();
    const prepared = prepare(request);
    const card = proposalCard(request.targetUri, PROPOSED, digestOf(PROPOSED));
    expect(prepared.card).toEqual(card);
    expect(card.fields).toContainEqual({ label: 'requestsPerMinute', value: '600' });
    const headers = await signer.sign(prepared);
    expect(headers['sallyport-card']).toBe(cardDigest(card, sha256));
    expect(headers['signature-input']).toContain('tag="sallyport-approval"');
    expect(headers['signature-input']).toContain('"sallyport-card"');
  });

  it('of an enrolment shows the key that will have authority', () => {
    const body = JSON.stringify({
      invitationId: `inv_${'0'.repeat(26)}`,
      name: 'Carol',
      publicKey: 'K'.repeat(43),
      role: 'custodian',
    });
    const target = 'http://admin.sallyport.internal/api/operators/enrol';
    const { card } = prepare(approvalOf(changed({ route: 'operators.enrol', target, body })));
    expect(card?.fields).toContainEqual({ label: 'publicKey', value: 'K'.repeat(43) });
  });
});

describe('attack: a proposal that is not the one whose digest is signed', () => {
  it.each<[string, Partial<ProposalContent>]>([
    ['another value', { body: '{"requestsPerMinute":601}' }],
    ['another key', { target: `http://admin.sallyport.internal/api/keys/key_${'1'.repeat(26)}/limit` }],
    ['another proposer', { proposer: { ...PROPOSED.proposer, name: 'Eve' } }],
    ['another nonce', { nonce: 'm'.repeat(22) }],
    ['a longer life', { expiresAt: '2031-01-02T00:00:00.000Z' }],
  ])('is refused with %s', (_, change) => {
    expect(() => prepare({ ...approvalOf(), proposal: changed(change) })).toThrowError(refused);
  });

  it('is refused when there is none, and when a page made one up beside another route', () => {
    const { proposal, ...bare } = approvalOf();
    expect(() => prepare(bare)).toThrowError(refused);
    const create = {
      ...bare,
      route: 'keys.create' as const,
      targetUri: 'http://admin.sallyport.internal/api/keys',
      body: Buffer.from('{"label":"a","requestsPerMinute":60}'),
    };
    expect(prepare(create).approves).toBe(false);
    expect(() => prepare({ ...create, ...(proposal ? { proposal } : {}) })).toThrowError(refused);
  });
});

describe('attack: a proposal whose card would say less than it does', () => {
  it.each<[string, Partial<ProposalContent>]>([
    ['a member that appears twice', { body: '{"requestsPerMinute":61,"requestsPerMinute":600}' }],
    ['white space that hides', { body: '{"requestsPerMinute": 600}' }],
    ['a body that its route does not take', { body: '{"requestsPerMinute":600,"to":"all"}' }],
    [
      'a route that takes one person',
      { route: 'keys.create', target: 'http://admin.sallyport.internal/api/keys' },
    ],
    ['a route that nobody knows', { route: '__proto__' }],
    ['another service', { target: PROPOSED.target.replace('admin.', 'evil.') }],
    ['a target that walks', { target: `${PROPOSED.target}/../limit` }],
    ['another method', { method: 'GET' }],
  ])('is refused with %s, its digest right', (_, change) => {
    expect(() => prepare(approvalOf(changed(change)))).toThrowError(refused);
  });
});

describe('attack: a swap between the card and the signature', () => {
  it('signs what was shown, whatever becomes of what was handed in', async () => {
    const content = structuredClone(PROPOSED) as {
      -readonly [K in keyof ProposalContent]: ProposalContent[K];
    };
    const request = approvalOf(content);
    const prepared = prepare(request);
    const before = hashOfCard(
      prepared.card ??
        (() => {
          throw new Error('no card');
        })(),
    );
    content.body = '{"requestsPerMinute":6000}';
    request.body.set(Buffer.from(JSON.stringify({ digest: digestOf(content) })));
    const headers = await signer.sign(prepared);
    expect(headers['sallyport-card']).toBe(before);
    const signedDigest = JSON.stringify({ digest: digestOf(PROPOSED) });
    expect(headers['content-digest']).toBe(
      `sha-256=:${sha256(Buffer.from(signedDigest)).toString('base64')}:`,
    );
  });
});
