import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenCode, normalizeTokenCode, showTokenCode, TOKEN_CODE_RANDOM_BYTES } from './token-code.ts';

const randoms = fc.uint8Array({ minLength: TOKEN_CODE_RANDOM_BYTES, maxLength: TOKEN_CODE_RANDOM_BYTES });
const codes = randoms.map(createTokenCode);
const places = fc.nat({ max: TOKEN_CODE_RANDOM_BYTES });

const replaceAt = (code: string, place: number, character: string): string =>
  code.slice(0, place) + character + code.slice(place + 1);

describe('createTokenCode', () => {
  it('makes what is its own normal form, shown in seven groups of four', () => {
    fc.assert(
      fc.property(codes, (code) => {
        expect(normalizeTokenCode(code)).toBe(code);
        expect(showTokenCode(code)).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
        expect(normalizeTokenCode(showTokenCode(code))).toBe(code);
      }),
    );
  });

  it('carries 135 of its random bits: another five bits anywhere are another code', () => {
    fc.assert(
      fc.property(
        randoms,
        fc.nat({ max: TOKEN_CODE_RANDOM_BYTES - 1 }),
        fc.integer({ min: 1, max: 31 }),
        (random, i, change) => {
          const other = random.map((byte, place) => (place === i ? byte ^ change : byte));
          expect(createTokenCode(other)).not.toBe(createTokenCode(random));
        },
      ),
    );
  });

  it('refuses too little randomness', () => {
    expect(() => createTokenCode(new Uint8Array(TOKEN_CODE_RANDOM_BYTES - 1))).toThrow(RangeError);
  });
});

describe('normalizeTokenCode', () => {
  it('reads what people type: small letters, spaces, and letters that look like digits', () => {
    const code = createTokenCode(new Uint8Array(TOKEN_CODE_RANDOM_BYTES).fill(1));
    expect(code).toContain('111');
    const typed = ` ${code.toLowerCase().replaceAll('1', 'l').replace('ll', 'iI')} `;
    expect(normalizeTokenCode(typed)).toBe(code);
  });

  it('refuses every single wrong character', () => {
    const code = createTokenCode(Uint8Array.from({ length: TOKEN_CODE_RANDOM_BYTES }, (_, i) => i * 9));
    for (let place = 0; place < code.length; place += 1)
      for (const character of '0123456789ABCDEFGHJKMNPQRSTVWXYZ')
        if (character !== code[place])
          expect(normalizeTokenCode(replaceAt(code, place, character))).toBeNull();
  });

  it('refuses any two different characters exchanged', () => {
    fc.assert(
      fc.property(codes, places, places, (code, i, j) => {
        fc.pre(code[i] !== code[j]);
        const exchanged = replaceAt(replaceAt(code, i, code.charAt(j)), j, code.charAt(i));
        expect(normalizeTokenCode(exchanged)).toBeNull();
      }),
    );
  });

  it.each(['', '0', 'U'.repeat(28), '0'.repeat(27), '0'.repeat(29), '0'.repeat(81), 'é'.repeat(28)])(
    'refuses %j',
    (text) => {
      expect(normalizeTokenCode(text)).toBeNull();
    },
  );
});
