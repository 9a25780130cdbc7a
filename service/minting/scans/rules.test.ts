import { describe, expect, it } from 'vitest';
import { breakdownOf, bucketsOf, seriesOf } from './rules.ts';

const NOW = new Date('2030-01-08T10:30:00Z');

describe('buckets', () => {
  it('are hours for a few days and days for more, the present one included', () => {
    const day = bucketsOf(1, NOW);
    expect([day.starts.length, day.unit, day.from.toISOString()]).toEqual([
      24,
      'hour',
      '2030-01-07T11:00:00.000Z',
    ]);
    const week = bucketsOf(7, NOW);
    expect([week.starts.length, week.unit, week.from.toISOString()]).toEqual([
      7,
      'day',
      '2030-01-02T00:00:00.000Z',
    ]);
  });

  it('have no gap, add up, and leave out what is in none of them', () => {
    const { starts } = bucketsOf(7, NOW);
    const at = new Date('2030-01-03T00:00:00Z');
    const { buckets, totals } = seriesOf(starts, {
      crossings: [
        { at, region: 'africa', device: 'phone', scans: '2' },
        { at, region: 'africa', device: 'tablet', scans: '3' },
        { at: new Date('2029-01-01T00:00:00Z'), region: 'africa', device: 'phone', scans: '9' },
      ],
      passers: [
        { at, kind: 'bot', count: '7' },
        { at, kind: 'preview', count: '1' },
      ],
      activations: [{ at, count: '4' }],
    });
    expect(buckets).toHaveLength(7);
    expect(buckets[1]).toEqual({ at: at.toISOString(), scans: 5, activations: 4, bots: 7, previews: 1 });
    expect(totals).toEqual({ scans: 5, activations: 4, bots: 7, previews: 1 });
  });
});

describe('the breakdown', () => {
  it('names every region and device class, most scanned first', () => {
    const { regions, devices } = breakdownOf([
      { at: NOW, region: 'latin-america', device: 'tablet', scans: '2' },
      { at: NOW, region: 'africa', device: 'tablet', scans: '5' },
    ]);
    expect(regions.slice(0, 3)).toEqual([
      { region: 'africa', scans: 5 },
      { region: 'latin-america', scans: 2 },
      { region: 'asia-pacific', scans: 0 },
    ]);
    expect(regions).toHaveLength(6);
    expect(devices[0]).toEqual({ device: 'tablet', scans: 7 });
  });
});
