import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatDuration,
  formatLocal,
  formatRate,
  formatSignal,
  formatUtc,
  groupsOf,
} from './format.ts';
import { cellsOf } from './hash.tsx';
import { toneOfUse } from './meter.tsx';

describe('figures', () => {
  it.each([
    [0, '0'],
    [0.04, '0'],
    [43.81, '43.8'],
    [99.94, '99.9'],
    [1234.5, '1,235'],
  ])('%d reads as %s', (value, text) => {
    expect(formatRate(value)).toBe(text);
  });

  it.each([
    [48_213, 'count', '48,213', ''],
    [2.5, 'per-second', '2.5', '/s'],
    [12, 'ms', '12', 'ms'],
    [12_000, 'ms', '12', 's'],
    [1536, 'bytes', '1.5', 'KiB'],
    [0.614, 'ratio', '61.4', '%'],
  ] as const)('%d in %s carries its unit', (value, unit, figure, shown) => {
    expect(formatSignal(value, unit)).toEqual({ figure, unit: shown });
  });
});

describe('time', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [7_200_000, '2 h'],
    [200_000_000, '2 d'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('an age is never negative', () => {
    expect(formatAge(2000, 1000)).toBe('now');
    expect(formatAge(0, 5000)).toBe('5 s ago');
  });

  it('shows the date only when it is another day', () => {
    const at = new Date(2026, 10, 21, 9, 5, 7, 30);
    expect(formatLocal(at, new Date(2026, 10, 21, 23))).toBe('09:05:07.030');
    expect(formatLocal(at, new Date(2026, 10, 22, 0))).toBe('2026-11-21 09:05:07.030');
  });

  it('in UTC is exact', () => {
    expect(formatUtc(new Date('2026-11-21T22:35:18.123Z'))).toBe('2026-11-21 22:35:18.123 UTC');
  });
});

describe('hashes', () => {
  it('come in groups that join to the whole', () => {
    expect(groupsOf('0123456789')).toEqual(['0123', '4567', '89']);
    expect(groupsOf('')).toEqual([]);
  });

  it('have a picture of 32 cells that differs where they differ', () => {
    const one = cellsOf('0123456789abcdef'.repeat(4));
    const other = cellsOf(`1${'0123456789abcdef'.repeat(4).slice(1)}`);
    expect(one).toHaveLength(32);
    expect(one).toEqual(cellsOf('0123456789abcdef'.repeat(4)));
    expect(one).not.toEqual(other);
    expect(cellsOf('A_b-'.repeat(11)).every((shade) => shade >= 0 && shade <= 3)).toBe(true);
  });
});

describe('a meter', () => {
  it.each([
    [0, 30, 'ok'],
    [23, 30, 'ok'],
    [24, 30, 'warn'],
    [30, 30, 'bad'],
    [31, 30, 'bad'],
  ])('%d of %d is %s', (used, limit, tone) => {
    expect(toneOfUse(used, limit)).toBe(tone);
  });
});
