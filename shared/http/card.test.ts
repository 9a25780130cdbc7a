import { describe, expect, it } from 'vitest';
import { CardError, cardBytes, cardFor } from './card.ts';

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

  it('says that a credential is there and never what it is', () => {
    const card = cardFor(
      'operators.enrol',
      TARGET,
      bytes({ code: 'AAAAA-BBBBB', deep: { token: 'AAAAA-BBBBB' } }),
    );
    expect(hex(card)).not.toContain('AAAAA-BBBBB');
    expect(card.fields.map((f) => f.label)).toContain('code');
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
