import { describe, expect, it } from 'vitest';
import { hear, SILENCE } from './conversation.ts';
import { groupsOf, visible } from './visible.ts';

describe('visible', () => {
  it('leaves what can be read as it is', () => {
    expect(visible('Leaked on 3 May: see “ops” — naïve, 漢字, 🔑')).toBe(
      'Leaked on 3 May: see “ops” — naïve, 漢字, 🔑',
    );
  });

  it.each([
    ['right-to-left override', '\u202e'],
    ['isolate', '\u2066'],
    ['zero-width joiner', '\u200d'],
    ['soft hyphen', '\u00ad'],
    ['no-break space', '\u00a0'],
    ['line separator', '\u2028'],
    ['new line', '\n'],
    ['variation selector', '\ufe0f'],
    ['tag character', '\u{e0041}'],
    ['hangul filler', '\u3164'],
  ])('writes a %s out', (_, character) => {
    expect(visible(`a${character}b`)).toMatch(/^a⟨U\+[0-9A-F]{4,6}⟩b$/);
  });
});

describe('groupsOf', () => {
  it('keeps every character, the short last group included', () => {
    expect(groupsOf('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(groupsOf('', 4)).toEqual([]);
  });
});

describe('hear', () => {
  it('forgets a recovery code when the vault is open', () => {
    const withCode = hear(SILENCE, { type: 'recovery-code', code: 'x' });
    expect(withCode.recoveryCode).toBe('x');
    expect(hear(withCode, { type: 'unlocked' }).recoveryCode).toBeNull();
  });

  it('ends the wait at an error, and the error at the next attempt', () => {
    const failed = hear(hear(SILENCE, { type: 'working', what: 'w' }), {
      type: 'error',
      code: 'busy',
      message: 'm',
      waitSeconds: null,
    });
    expect(failed).toMatchObject({ working: null, error: { code: 'busy' } });
    expect(hear(failed, { type: 'working', what: 'w' }).error).toBeNull();
  });
});
