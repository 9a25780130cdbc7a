import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireStorableText } from './text.ts';

const refusal = (request: Parameters<typeof requireStorableText>[0]) => {
  try {
    requireStorableText(request);
    return 'good';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('text that cannot be stored', () => {
  it.each([
    ['\ud800'],
    ['\udc00'],
    ['x\udfffx'],
    ['\ude00\ud83d'],
    ['a\0b'],
    [{ label: '\ud800' }],
    [{ '\ud800': 1 }],
    [{ list: ['x', { deep: ['\0'] }] }],
  ])('is refused in a body: %j', (body) => {
    expect(refusal({ body })).toBe('invalid_body');
  });

  it('is refused in query and path', () => {
    expect(refusal({ query: { cursor: '\0' } })).toBe('bad_request');
    expect(refusal({ params: { id: '\ud800' } })).toBe('bad_request');
  });

  it('is found at any depth, and depth alone is no error', () => {
    let [good, bad]: [unknown, unknown] = ['x', '\ud800'];
    for (let i = 0; i < 30_000; i += 1) [good, bad] = [[good], [bad]];
    expect([refusal({ body: good }), refusal({ body: bad })]).toEqual(['good', 'invalid_body']);
  });
});

describe('well-formed text', () => {
  it('passes, whatever it says', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'));
    const inner = fc.oneof(text, fc.integer(), fc.constantFrom(null, true, undefined));
    const value = fc.oneof(inner, fc.array(inner), fc.dictionary(text, fc.array(inner)));
    fc.assert(
      fc.property(value, (body) => refusal({ body, query: {}, params: {} }) === 'good'),
      { numRuns: 50 },
    );
  });

  it('passes as emoji, right-to-left and combining characters', () => {
    expect(refusal({ body: { label: '👩‍🚀 שלום é' } })).toBe('good');
    expect(refusal({})).toBe('good');
  });
});
