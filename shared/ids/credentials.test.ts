import { describe, expect, it } from 'vitest';
import { displayPrefix, FAMILIES, familyOf, prefixOf } from './credentials.ts';

describe('familyOf', () => {
  it.each(FAMILIES)('tells $family by $prefix', ({ family, prefix }) => {
    expect(familyOf(`${prefix}abcdefgh`)).toBe(family);
    expect(prefixOf(family)).toBe(prefix);
  });

  it('never takes a management key for an inference key', () => {
    expect(familyOf('thm_xxxxxxxx')).toBe('management');
  });

  it.each(['', 'th', 'TH_abc', ' th_abc', 'xth_abc'])('takes %j for no family', (token) => {
    expect(familyOf(token)).toBeUndefined();
  });
});

describe('displayPrefix', () => {
  it('shows eight characters after the prefix and no more', () => {
    expect(displayPrefix('th_ABCDEFGHsecretsecret')).toBe('th_ABCDEFGH');
  });

  it('shows eight characters of a token without a family', () => {
    expect(displayPrefix('0123456789abcdef')).toBe('01234567');
  });
});
