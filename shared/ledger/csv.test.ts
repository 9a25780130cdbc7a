import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell, csvRow, readCsvRow } from './csv.ts';

const written = (cells: readonly string[]) => csvRow(cells).slice(0, -2);

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
    ["'=1", '"\'\'=1"'],
    [null, '""'],
    [-5, '"-5"'],
  ])('is quoted: %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});

describe('a record of CSV', () => {
  it('is read as it was written, formulas and apostrophes included', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string().map((text) => `'=${text}`),
      fc.constantFrom('=1', "'", '""', ','),
    );
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 6 }), (cells) => {
        expect(readCsvRow(written(cells))).toEqual(cells);
      }),
    );
  });

  it.each(['', 'a', '"a', '"a"b', '"a",', '"a","b', 'a,"b"', '"a" ,"b"', '"=1"', '"-1"', '"a""', '"a",,"b"'])(
    'is refused in another spelling: %j',
    (line) => {
      expect(readCsvRow(line)).toBeNull();
    },
  );
});
