import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayCollide, parsePattern, rangeOf, reissuedSerial, serialAt } from './serials.ts';

const range = (text: string, first: number, quantity: number) => rangeOf(parsePattern(text), first, quantity);

describe('parsePattern', () => {
  it.each([
    ['ACME-{n:6}', 17, 'ACME-000017'],
    ['{n:1}', 9, '9'],
    ['a.b_{n:3}-x', 999, 'a.b_999-x'],
  ])('%s makes serials of one length', (text, number, serial) => {
    expect(serialAt(parsePattern(text), number)).toBe(serial);
  });

  it.each([
    ['ACME', '{n:WIDTH}'],
    ['ACME-{n}', '{n:WIDTH}'],
    ['{n:0}', 'width'],
    ['{n:13}', 'width'],
    ['{n:3}{n:3}', 'more than one'],
    ['A B{n:3}', 'letters'],
    ['ä{n:3}', 'letters'],
    ['{n:3}\n', 'letters'],
    ['A-R{n:3}', 're-issued'],
    ['{n:3}-R1', 're-issued'],
    [`${'x'.repeat(60)}{n:6}`, 'longer'],
  ])('refuses %j and says why', (text, why) => {
    expect(() => parsePattern(text)).toThrow(
      expect.objectContaining({ code: 'pattern', message: expect.stringContaining(why) }),
    );
  });
});

describe('rangeOf', () => {
  it('ends at the widest number', () => {
    expect(range('{n:3}', 1, 999).last).toBe(999);
    expect(() => range('{n:3}', 1, 1000)).toThrow(expect.objectContaining({ code: 'pattern' }));
    expect(() => range('{n:3}', 999, 2)).toThrow(expect.objectContaining({ code: 'pattern' }));
  });
});

describe('mayCollide', () => {
  it('never misses two ranges that have a serial in common', () => {
    const patterns = fc.constantFrom(
      'A-{n:3}',
      'A-0{n:2}',
      'A-1{n:2}',
      '{n:3}-A',
      'A{n:4}',
      'B-{n:3}',
      'A-{n:2}0',
    );
    const starts = fc.integer({ min: 0, max: 90 });
    const sizes = fc.integer({ min: 1, max: 10 });
    fc.assert(
      fc.property(patterns, starts, sizes, patterns, starts, sizes, (a, from, count, b, start, size) => {
        fc.pre(String(from + count - 1).length <= 2 && String(start + size - 1).length <= 2);
        const [left, right] = [range(a, from, count), range(b, start, size)];
        const serials = (one: typeof left) =>
          Array.from({ length: one.last - one.first + 1 }, (_, i) => serialAt(one, one.first + i));
        const common = serials(left).some((serial) => serials(right).includes(serial));
        if (common) expect(mayCollide(left, right)).toBe(true);
      }),
    );
  });

  it('lets neighbours of one pattern, and patterns that no serial can share, be', () => {
    expect(mayCollide(range('A-{n:3}', 1, 10), range('A-{n:3}', 11, 10))).toBe(false);
    expect(mayCollide(range('A-{n:3}', 1, 10), range('A-{n:3}', 10, 10))).toBe(true);
    expect(mayCollide(range('A-{n:3}', 1, 10), range('B-{n:3}', 1, 10))).toBe(false);
    expect(mayCollide(range('A-{n:3}', 1, 10), range('A-{n:4}', 1, 10))).toBe(false);
  });
});

describe('reissuedSerial', () => {
  it('counts up, and is never a serial of a pattern', () => {
    expect(reissuedSerial('ACME-000017')).toBe('ACME-000017-R1');
    expect(reissuedSerial('ACME-000017-R1')).toBe('ACME-000017-R2');
    expect(reissuedSerial('ACME-000017-R9')).toBe('ACME-000017-R10');
  });
});
