import { describe, expect, it } from 'vitest';
import { email, PASSWORD_MAX, password } from './auth.ts';

const good = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('a password', () => {
  it('has 8 to 4096 characters, counted as code points', () => {
    for (const text of [
      '12345678',
      '🔑'.repeat(8),
      '        ',
      'x'.repeat(PASSWORD_MAX),
      '🔑'.repeat(PASSWORD_MAX),
    ])
      expect(good(password, text), `${text.length}`).toBe(true);
    for (const text of [
      '',
      '1234567',
      '🔑'.repeat(7),
      'x'.repeat(PASSWORD_MAX + 1),
      '🔑'.repeat(PASSWORD_MAX + 1),
    ])
      expect(good(password, text), `${text.length}`).toBe(false);
  });

  it('is well-formed Unicode text', () => {
    for (const text of ['1234567\ud800', '\udc001234567', 12345678, null, ['12345678']])
      expect(good(password, text)).toBe(false);
  });

  it('is not repeated by its refusal', () => {
    expect(JSON.stringify(password.safeParse('canary').error?.issues)).not.toContain('canary');
  });
});

describe('an e-mail address', () => {
  it.each(['a@b', 'someone+tag@example.org', 'ÜMLAUT@bücher.example'])('may be %s', (text) => {
    expect(good(email, text)).toBe(true);
  });

  it.each([
    '',
    '@',
    'a@',
    '@b',
    'a b@c',
    'a@b@c',
    'a@b\u0000',
    'a\u200b@b',
    'a@b\n',
    'a\ud800@b',
    `${'a'.repeat(254)}@b`,
    7,
  ])('is not %j', (text) => {
    expect(good(email, text)).toBe(false);
  });
});
