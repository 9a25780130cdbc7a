import { describe, expect, it } from 'vitest';
import { CardError, cardBytes, cardFor, proposalCard } from './card.ts';
import type { ProposalContent } from './proposal.ts';

const TARGET = 'http://admin.example/api/keys';
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const hex = (card: ReturnType<typeof cardFor>) => Buffer.from(cardBytes(card)).toString('utf8');

describe('cardFor', () => {
  it('shows every field of the body, sorted, by its path', () => {
    const card = cardFor(
      'keys.create',
      TARGET,
      bytes({ requestsPerMinute: 60, label: 'Atlas', nested: { b: 1, a: [2] } }),
    );
    expect(card.fields).toEqual([
      { label: 'label', value: 'Atlas' },
      { label: 'nested.a', value: '[2]' },
      { label: 'nested.b', value: '1' },
      { label: 'requestsPerMinute', value: '60' },
    ]);
  });

  it('shows first what names the object, then the rest', () => {
    const card = cardFor(
      'identity.revoke-session',
      TARGET,
      bytes({ reason: 'a', openedAt: 'b', email: 'c', aside: 'd' }),
    );
    expect(card.fields.map(({ label }) => label)).toEqual(['email', 'openedAt', 'aside', 'reason']);
  });

  it('says that a credential is there and never what it is', () => {
    const card = cardFor(
      'operators.enrol',
      TARGET,
      bytes({ code: 'AAAAA-BBBBB', deep: { token: 'AAAAA-BBBBB' } }),
    );
    expect(hex(card)).not.toContain('AAAAA-BBBBB');
    expect(card.fields.map((f) => f.label)).toContain('code');
  });

  it('tells a secret that comes in by its fingerprint (SHA-256 of FIPS 180-4, "abc"), at any depth', () => {
    const card = cardFor(
      'provider-secrets.set-platform',
      TARGET,
      bytes({ provider: 'openai', material: 'abc', deep: { material: ['sk-canary'] } }),
    );
    expect(card.fields).toEqual([
      { label: 'deep.material', value: expect.stringMatching(/^\(not shown; fingerprint [0-9a-f]{16}\)$/) },
      { label: 'material', value: '(not shown; fingerprint ba7816bf8f01cfea)' },
      { label: 'provider', value: 'openai' },
    ]);
    expect(hex(card)).not.toContain('canary');
  });

  it('of a secret that was exchanged is another card', () => {
    const of = (material: string) =>
      hex(cardFor('provider-secrets.set-platform', TARGET, bytes({ material })));
    expect(of('sk-a')).not.toBe(of('sk-b'));
  });

  it('differs when any part of the request differs', () => {
    const base = hex(cardFor('keys.create', TARGET, bytes({ label: 'a' })));
    expect(hex(cardFor('keys.create', `${TARGET}?x=1`, bytes({ label: 'a' })))).not.toBe(base);
    expect(hex(cardFor('keys.create', TARGET, bytes({ label: 'b' })))).not.toBe(base);
    expect(hex(cardFor('keys.revoke', TARGET, bytes({ label: 'a' })))).not.toBe(base);
  });

  it('is the same for the same request, whatever the order of keys', () => {
    expect(hex(cardFor('keys.create', TARGET, bytes({ a: 1, b: 2 })))).toBe(
      hex(cardFor('keys.create', TARGET, bytes({ b: 2, a: 1 }))),
    );
  });

  it('refuses a route that nobody signs', () => {
    expect(() => cardFor('keys.list', TARGET, bytes({}))).toThrow(
      expect.objectContaining({ code: 'no-card' }),
    );
  });

  it('refuses a body that is not JSON or not UTF-8', () => {
    for (const body of [new TextEncoder().encode('{'), Uint8Array.of(0xff, 0xfe)]) {
      expect(() => cardFor('keys.create', TARGET, body)).toThrow(CardError);
    }
  });

  it('refuses a body that nests without end, in objects and in arrays, before it exhausts the stack', () => {
    const nested = (open: string, close: string, depth: number) =>
      new TextEncoder().encode(`{"a":${open.repeat(depth)}1${close.repeat(depth)}}`);
    for (const [open, close] of [
      ['{"a":', '}'],
      ['[', ']'],
    ] as const) {
      for (const depth of [16, 10_000])
        expect(() => cardFor('keys.create', TARGET, nested(open, close, depth))).toThrow(
          expect.objectContaining({ code: 'body-too-deep' }),
        );
      expect(cardFor('keys.create', TARGET, nested(open, close, 15)).fields).toHaveLength(1);
    }
  });
});

describe('a body that JCS cannot write', () => {
  it.each([
    ['{"label":1e999}', 'body-not-canonical'],
    ['{"a":[-1e999]}', 'body-not-canonical'],
    ['{"label":"\\ud800"}', 'body-not-text'],
    ['{"\\udfff":1}', 'body-not-text'],
  ])('has no card: %s', (body, code) => {
    expect(() => cardFor('keys.create', TARGET, new TextEncoder().encode(body))).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('proposalCard', () => {
  const content: ProposalContent = {
    version: 1,
    route: 'limits.raise',
    method: 'POST',
    target: 'http://admin.example/api/keys/key_0/limit',
    body: '{"requestsPerMinute":600}',
    proposer: { id: 'opr_0', name: 'Ada', keyId: 'K'.repeat(43) },
    nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
    createdAt: '2030-01-01T00:00:00.000Z',
    expiresAt: '2030-01-02T00:00:00.000Z',
  };
  const APPROVE = 'http://admin.example/api/proposals/prp_0/approve';
  const digest = '0'.repeat(64);

  it('shows what is proposed, by whom, and until when', () => {
    const card = proposalCard(APPROVE, content, digest);
    expect(card).toMatchObject({ risk: 'critical', route: 'proposals.approve', target: APPROVE });
    expect(card.title).toContain('Raise the limit of a key');
    expect(card.fields).toEqual(
      expect.arrayContaining([
        { label: 'proposed by', value: `Ada (key ${'K'.repeat(43)})` },
        { label: 'open until', value: content.expiresAt },
        { label: 'request', value: `POST ${content.target}` },
        { label: 'requestsPerMinute', value: '600' },
        { label: 'digest', value: digest },
      ]),
    );
  });

  it('differs when the proposed body, the proposer or the time does', () => {
    const base = hex(proposalCard(APPROVE, content, digest));
    const changes: Partial<ProposalContent>[] = [
      { body: '{"requestsPerMinute":601}' },
      { proposer: { ...content.proposer, name: 'Eve' } },
      { expiresAt: '2030-01-03T00:00:00.000Z' },
      { target: `${content.target}?x` },
    ];
    for (const change of changes)
      expect(hex(proposalCard(APPROVE, { ...content, ...change }, digest))).not.toBe(base);
  });

  it('is of routes with a card, and of JSON', () => {
    for (const route of ['keys.list', 'nowhere', '__proto__'])
      expect(() => proposalCard(APPROVE, { ...content, route }, digest)).toThrow(
        expect.objectContaining({ code: 'no-card' }),
      );
    expect(() => proposalCard(APPROVE, { ...content, body: '{' }, digest)).toThrow(
      expect.objectContaining({ code: 'body-not-json' }),
    );
  });
});
