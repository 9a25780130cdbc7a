import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingLog } from '../sliding-log.ts';
import { replayAnswer } from './answer.ts';
import { DEMAND_SECONDS, DemandLog } from './demand.ts';
import { demandOf, replay } from './replay.ts';

/** The limiter itself, asked request by request. */
function asked(counts: Uint16Array, limit: number, windowSeconds: number): number[] {
  const log = new SlidingLog(10);
  return Array.from(counts, (count, second) => {
    let refused = 0;
    for (let i = 0; i < count; i += 1)
      if (!log.take('a', 'a', limit, windowSeconds * 1000, second * 1000).allowed) refused += 1;
    return refused;
  });
}

describe('a replay', () => {
  it('refuses what the sliding log itself refuses, second by second', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 90 }),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 30 }),
        (numbers, limit, windowSeconds) => {
          const counts = Uint16Array.from(numbers);
          const { refused, total } = replay(counts, { limit, windowSeconds });
          const real = asked(counts, limit, windowSeconds);
          expect([...refused]).toEqual(real);
          expect(total).toBe(real.reduce((all, n) => all + n, 0));
        },
      ),
    );
  });

  it('refuses nothing at a limit that meets the demand, and something just below it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 90 }),
        fc.integer({ min: 1, max: 30 }),
        (numbers, windowSeconds) => {
          const counts = Uint16Array.from(numbers);
          const most = Math.max(...demandOf(counts, windowSeconds));
          if (most < 2) return;
          expect(replay(counts, { limit: most, windowSeconds }).total).toBe(0);
          expect(replay(counts, { limit: most - 1, windowSeconds }).total).toBeGreaterThan(0);
        },
      ),
    );
  });
});

const sumOf = (counts: Uint16Array | undefined): number => counts?.reduce((all, n) => all + n, 0) ?? 0;

describe('the demand of the last hour', () => {
  it('is counted by the second and forgotten after an hour', () => {
    const log = new DemandLog(0);
    for (const second of [10, 10, 11, 100]) log.note('a', 'th_1', second);
    const [seen] = log.demands(100, 'a');
    expect(seen?.label).toBe('th_1');
    expect([seen?.counts.at(-1), seen?.counts.at(-90), seen?.counts.at(-91)]).toEqual([1, 1, 2]);
    expect(sumOf(log.demands(10 + DEMAND_SECONDS - 1, 'a')[0]?.counts)).toBe(4);
    expect(sumOf(log.demands(10 + DEMAND_SECONDS, 'a')[0]?.counts)).toBe(2);
    expect(sumOf(log.demands(100 + DEMAND_SECONDS, 'a')[0]?.counts)).toBe(0);
  });

  it('holds nothing of former rounds of the ring', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 40 }), (gaps) => {
        const log = new DemandLog(0);
        const times: number[] = [];
        for (const gap of gaps) {
          times.push((times.at(-1) ?? 0) + gap);
          log.note('a', 'a', times.at(-1) ?? 0);
        }
        const last = times.at(-1) ?? 0;
        const within = times.filter((time) => time > last - DEMAND_SECONDS);
        expect(sumOf(log.demands(last, 'a')[0]?.counts)).toBe(within.length);
      }),
    );
  });

  it('forgets the idlest when there are too many, and says since when it knows all', () => {
    const log = new DemandLog(0, 2);
    log.note('a', 'a', 5);
    log.note('b', 'b', 6);
    log.note('a', 'a', 7);
    expect(log.completeSince(10)).toBe(0);
    log.note('c', 'c', 9);
    expect(log.demands(10, null).map(({ id }) => id)).toEqual(['a', 'c']);
    expect(log.completeSince(10)).toBe(7);
    expect(log.completeSince(9000)).toBe(9000 - DEMAND_SECONDS + 1);
  });

  it('of a second that overflows stays at its bound', () => {
    const log = new DemandLog(0);
    for (let i = 0; i < 65_540; i += 1) log.note('a', 'a', 3);
    expect(log.demands(3, 'a')[0]?.counts.at(-1)).toBe(65_535);
  });
});

describe('the answer', () => {
  const line = (at: Record<number, number>) => {
    const counts = new Uint16Array(DEMAND_SECONDS);
    for (const [second, count] of Object.entries(at)) counts[Number(second)] = count;
    return counts;
  };
  const now = new Date('2030-01-01T01:00:00.000Z');

  it('says how many, for whom and when, under both rules', async () => {
    const answer = await replayAnswer({
      demands: [
        { id: 'a', label: 'quiet', counts: line({ 5: 1 }) },
        { id: 'b', label: 'loud', counts: line({ 60: 10, 61: 10 }) },
        { id: 'c', label: 'gone', counts: line({}) },
      ],
      current: { limit: 15, windowSeconds: 60 },
      proposed: { limit: 8, windowSeconds: 60 },
      now,
      completeFrom: 30,
    });
    expect(answer).toMatchObject({
      asked: 21,
      refusedByCurrent: 5,
      refusedByProposed: 12,
      subjectsRefused: 1,
      from: '2030-01-01T00:00:01.000Z',
      to: '2030-01-01T01:00:00.000Z',
      completeSince: '2030-01-01T00:00:31.000Z',
    });
    expect(answer.steps).toHaveLength(60);
    expect(answer.steps[1]).toEqual({
      at: '2030-01-01T00:01:01.000Z',
      asked: 20,
      peak: 20,
      refusedByCurrent: 5,
      refusedByProposed: 12,
    });
    expect(answer.subjects.map(({ subject }) => subject)).toEqual(['loud', 'quiet']);
    expect(answer.subjects[0]).toMatchObject({
      firstRefusedAt: '2030-01-01T00:01:01.000Z',
      lastRefusedAt: '2030-01-01T00:01:02.000Z',
    });
  });

  it('of an hour without requests is empty and refuses nothing', async () => {
    const rule = { limit: 1, windowSeconds: 60 };
    const answer = await replayAnswer({ demands: [], current: rule, proposed: rule, now, completeFrom: 0 });
    expect(answer).toMatchObject({ asked: 0, refusedByProposed: 0, subjects: [] });
    expect(answer.steps.every(({ peak }) => peak === 0)).toBe(true);
  });
});
