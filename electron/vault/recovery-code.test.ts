import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRecoveryCode, lastGroupOf, parseRecoveryCode, RECOVERY_BYTES } from './recovery-code.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const secrets = fc.uint8Array({ minLength: RECOVERY_BYTES, maxLength: RECOVERY_BYTES });

describe('a recovery code', () => {
  it('reads back as the secret that it was written from', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const code = formatRecoveryCode(secret);
        expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/);
        expect(parseRecoveryCode(code).equals(secret)).toBe(true);
      }),
    );
  });

  it('forgives lower case, spaces, missing dashes and lookalike letters', () => {
    const secret = Buffer.alloc(RECOVERY_BYTES);
    const typed = formatRecoveryCode(secret)
      .toLowerCase()
      .replaceAll('-', ' ')
      .replaceAll('0', 'o')
      .replaceAll('1', 'l');
    expect(parseRecoveryCode(typed).equals(secret)).toBe(true);
  });

  it('gives its last group for the confirmation, however it was typed', () => {
    const code = formatRecoveryCode(randomBytes(RECOVERY_BYTES));
    expect(lastGroupOf(code)).toBe(code.slice(-5));
    expect(lastGroupOf(` ${code.slice(-5).toLowerCase()} `)).toBe(code.slice(-5));
  });
});

describe('a mistyped recovery code', () => {
  it('is named with its group for every single wrong character', () => {
    const code = formatRecoveryCode(randomBytes(RECOVERY_BYTES)).replaceAll('-', '');
    for (let at = 0; at < code.length; at += 1)
      for (const other of ALPHABET.replace(code.charAt(at), '')) {
        const typed = code.slice(0, at) + other + code.slice(at + 1);
        const named = expect.objectContaining({
          code: 'wrong-recovery-code',
          message: expect.stringContaining(`Group ${Math.floor(at / 5) + 1} `),
        });
        expect(() => parseRecoveryCode(typed)).toThrowError(named);
      }
  });

  it('is found for any two characters of a group that changed places, and any two groups', () => {
    fc.assert(
      fc.property(secrets, fc.nat(7), fc.nat(4), fc.nat(4), fc.nat(7), (secret, g, i, j, h) => {
        const groups = formatRecoveryCode(secret).split('-');
        const group = [...(groups[g] ?? '')];
        [group[i], group[j]] = [group[j] ?? '', group[i] ?? ''];
        const inside = groups.with(g, group.join(''));
        if (inside[g] !== groups[g]) expect(() => parseRecoveryCode(inside.join('-'))).toThrowError();
        const swapped = groups.with(g, groups[h] ?? '').with(h, groups[g] ?? '');
        if (swapped.join() !== groups.join())
          expect(() => parseRecoveryCode(swapped.join('-'))).toThrowError();
      }),
    );
  });

  it.each(['', '7ZK4M', 'U'.repeat(40), '0'.repeat(41), '\u0000'.repeat(40), '💥'.repeat(20)])(
    'is refused: %j',
    (typed) => {
      expect(() => parseRecoveryCode(typed)).toThrowError(
        expect.objectContaining({ code: 'wrong-recovery-code' }),
      );
    },
  );
});
