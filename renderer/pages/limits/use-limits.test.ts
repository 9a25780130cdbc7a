import { describe, expect, it } from 'vitest';
import { sinceTraffic } from './use-limits.ts';

const BUCKET_MS = 5000;
const START = Date.UTC(2030, 0, 1, 12, 0, 0);

/** Ten minutes of buckets, with one request in those named. */
const history = (...busy: number[]) =>
  Array.from({ length: 120 }, (_, i) => ({
    at: START + i * BUCKET_MS,
    allowed: busy.includes(i) ? 1 : 0,
    refused: 0,
  }));

describe('sinceTraffic', () => {
  it('begins with the whole minute in which traffic began', () => {
    const shown = sinceTraffic(history(40));
    expect(shown[0]?.at).toBe(START + 36 * BUCKET_MS);
    expect(shown.at(-1)?.at).toBe(START + 119 * BUCKET_MS);
  });

  it('shows two minutes at least', () => {
    const shown = sinceTraffic(history(118));
    expect(shown[0]?.at).toBe(START + 95 * BUCKET_MS);
  });

  it('leaves out no bucket with traffic', () => {
    const all = history(3, 50, 119);
    expect(sinceTraffic(all).filter((p) => p.allowed > 0)).toHaveLength(3);
  });

  it('shows all of a history without traffic, or none of an empty one', () => {
    expect(sinceTraffic(history())).toHaveLength(120);
    expect(sinceTraffic([])).toEqual([]);
  });
});
