import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Order, OrderError, parseOrder, renderOrder } from './order.ts';
import { CODE_BYTES, codeOf, runMessage, sealOf, signRun } from './order-seal.ts';

const ID = 'ord_01jd0000000000000000000000';
const CODE = codeOf(new Uint8Array(CODE_BYTES).fill(7));
const ORDER: Order = {
  ...{
    id: ID,
    service: 'sallyport-ledger/0011223344556677',
    act: { does: 'freeze' },
    reason: 'no vault at hand',
  },
  ...{ preparedAt: '2030-01-01T00:00:00.000Z', until: '2030-02-01T00:00:00.000Z', runs: 1 },
  preparedBy: { id: 'opr_01jd0000000000000000000000', name: 'Ada' },
  seal: sealOf(CODE, ID),
};

const refused = (file: string): boolean => {
  try {
    parseOrder(file);
    return false;
  } catch (error) {
    return error instanceof OrderError && error.code === 'not-an-order';
  }
};

describe('the file of an order', () => {
  it('says what it does and is read back as it was written', () => {
    const file = renderOrder(ORDER);
    expect(file).toContain('Stops all spending');
    expect(parseOrder(file)).toEqual(ORDER);
  });

  it('keeps any reason and name on one line and reads it back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (text) => {
        const act = { does: 'contain', kind: 'inference', credentialId: 'key_x', name: text } as const;
        const order: Order = { ...ORDER, act, reason: text };
        const file = renderOrder(order);
        expect(file.split('\n')).toHaveLength(16);
        expect(file.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(parseOrder(file)).toEqual(order);
      }),
      { numRuns: 50 },
    );
  });

  it('is refused with any character changed, added or taken away outside of what it names', () => {
    const file = renderOrder(ORDER);
    for (const other of [
      `${file}\n`,
      file.trimEnd(),
      file.replace('Stops all spending', 'Contains one credential'),
      file.replace('until: ', 'until:  '),
      file.replace('runs: 1\n', 'runs: 1\nruns: 5\n'),
      file.replace('action: freeze', 'action: lift'),
      file.replace('reason: ', 'note: harmless\nreason: '),
      file.replaceAll('\n', '\r\n'),
      '',
      'x'.repeat(5_000),
    ])
      expect(refused(other), other.slice(0, 80)).toBe(true);
  });

  it('never fails in another way', () => {
    const lines = renderOrder(ORDER).split('\n');
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...lines), fc.string())), (some) => {
        const text = some.join('\n');
        expect(refused(text) || renderOrder(parseOrder(text)) === text).toBe(true);
      }),
    );
  });
});

describe('the code of an order', () => {
  it('is eight groups of four, and is taken as a person types it', () => {
    expect(CODE).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){7}[0-9a-hjkmnp-tv-z]{4}$/);
    expect(sealOf(CODE.toUpperCase().replaceAll('-', ' '), ID)).toBe(ORDER.seal);
    const codes = [codeOf(new Uint8Array(CODE_BYTES)), codeOf(new Uint8Array(CODE_BYTES).fill(8))];
    expect(sealOf(codes[0]?.replaceAll('0', 'O') ?? '', ID)).toBe(sealOf(codes[0] ?? '', ID));
    expect(codes[1]).not.toBe(CODE);
  });

  it('fits one order only, and signs for its file, time and nonce only', () => {
    const request = { order: renderOrder(ORDER), at: '2030-01-02T00:00:00.000Z', nonce: 'A'.repeat(22) };
    const signature = Buffer.from(signRun(request, CODE, ID), 'base64url');
    const key = (seal: string) =>
      createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: seal }, format: 'jwk' });
    const good = (other: typeof request, seal = ORDER.seal) =>
      verify(null, runMessage(other), key(seal), signature);
    expect(good(request)).toBe(true);
    expect(good({ ...request, order: `${request.order} ` })).toBe(false);
    expect(good({ ...request, at: '2030-01-02T00:00:01.000Z' })).toBe(false);
    expect(good({ ...request, nonce: 'B'.repeat(22) })).toBe(false);
    expect(good(request, sealOf(CODE, 'ord_01jd0000000000000000000001'))).toBe(false);
  });

  it('says so when it is none', () => {
    for (const code of ['', 'abcd', CODE.slice(1), `${CODE}-abcd`, CODE.replace(/.$/, 'u')])
      expect(() => sealOf(code, ID)).toThrow(OrderError);
  });
});
