import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustment, amount, exactAmount, formatUnits, MAX_UNITS, parseUnits } from './units.ts';

const units = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });

describe('an amount', () => {
  it('comes back from its text, whatever it is', () => {
    fc.assert(
      fc.property(units, (value) => {
        expect(parseUnits(formatUnits(value))).toBe(value);
        expect(exactAmount.safeParse(formatUnits(value)).success).toBe(true);
      }),
    );
  });

  it.each([
    ['0', 0n],
    ['12.5', 1_250_000_000n],
    ['0.00000001', 1n],
    ['-0.1', -10_000_000n],
    // What a float gets wrong: 0.1 + 0.2, and an integer beyond 2^53.
    ['0.30000000', 30_000_000n],
    ['90071992.54740993', 9_007_199_254_740_993n],
  ])('%s is %s units', (text, expected) => {
    expect(parseUnits(text)).toBe(expected);
  });

  it.each([
    ...['', ' 1', '1 ', '+1', '01', '1.', '.5', '1.123456789', '1e3', '1,5', '0x1', '١', 'NaN', '--1', '1\n'],
    '1'.repeat(16),
  ])('is not %j', (text) => {
    expect(() => parseUnits(text)).toThrow(RangeError);
    expect(amount.safeParse(text).success).toBe(false);
  });

  it('that is moved is above zero and bounded; an adjustment may be negative, never zero', () => {
    const most = formatUnits(MAX_UNITS);
    const over = formatUnits(MAX_UNITS + 1n);
    expect([most, '0.00000001'].every((text) => amount.safeParse(text).success)).toBe(true);
    expect([over, '0', '-0', '0.00000000', '-1'].some((text) => amount.safeParse(text).success)).toBe(false);
    expect([most, `-${most}`, '-0.00000001'].every((text) => adjustment.safeParse(text).success)).toBe(true);
    expect([over, `-${over}`, '0', '-0'].some((text) => adjustment.safeParse(text).success)).toBe(false);
  });

  it('is never a JSON number', () => {
    for (const schema of [amount, adjustment, exactAmount]) expect(schema.safeParse(1.5).success).toBe(false);
  });
});
