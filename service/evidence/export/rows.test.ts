import { describe, expect, it } from 'vitest';
import { csvCell } from './rows.ts';

describe('a cell of CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\u0000=1', '＝1', '\u00a0@x', '\nx'])(
    'is no formula: %j',
    (text) => {
      expect(csvCell(text)).toBe(`"'${text}"`);
    },
  );

  it.each([
    ['plain', '"plain"'],
    ['say "x"', '"say ""x"""'],
    ['a-b', '"a-b"'],
    [null, '""'],
    [-5, '"-5"'],
  ])('is quoted: %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});
