import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ID_PREFIX, type IdKind, idOf, idTime, makeId } from './ids.ts';

const kinds = fc.constantFrom(...(Object.keys(ID_PREFIX) as IdKind[]));
const tenBytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
const moments = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('makeId', () => {
  it('keeps its moment, which is read again', () => {
    fc.assert(
      fc.property(kinds, tenBytes, moments, (kind, random, now) => {
        expect(idTime(makeId(kind, random, now))).toBe(now);
      }),
    );
  });

  it('makes what its own schema accepts, for every kind and moment', () => {
    fc.assert(
      fc.property(kinds, tenBytes, moments, (kind, random, now) => {
        expect(idOf(kind).safeParse(makeId(kind, random, now)).success).toBe(true);
      }),
    );
  });

  it('sorts by time whatever the random part', () => {
    fc.assert(
      fc.property(tenBytes, tenBytes, moments, moments, (a, b, t, u) => {
        fc.pre(t < u);
        expect(makeId('entry', a, t) < makeId('entry', b, u)).toBe(true);
      }),
    );
  });

  it('is the number of its moment and its randomness in base 32', () => {
    fc.assert(
      fc.property(tenBytes, moments, (random, now) => {
        const number = random.reduce((value, byte) => value * 256n + BigInt(byte), BigInt(now));
        const digits = number.toString(32).padStart(26, '0');
        const crockford = digits.replace(/[i-v]/g, (digit) =>
          'jkmnpqrstvwxyz'.charAt(parseInt(digit, 32) - 18),
        );
        expect(makeId('entry', random, now)).toBe(`evt_${crockford}`);
      }),
    );
  });

  it('refuses too little randomness', () => {
    expect(() => makeId('entry', new Uint8Array(9), 0)).toThrow(RangeError);
  });
});

describe('idOf', () => {
  it('refuses an id of another kind, another case or another length', () => {
    const id = makeId('key', new Uint8Array(10), 1);
    const entries = idOf('entry');
    for (const wrong of [
      id,
      id.replace('key_', 'evt_').toUpperCase(),
      `${id.replace('key_', 'evt_')}0`,
      '',
    ]) {
      expect(entries.safeParse(wrong).success).toBe(false);
    }
  });
});
