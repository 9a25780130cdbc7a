import { describe, expect, it } from 'vitest';
import { SlidingLog } from './sliding-log.ts';

const WINDOW = 10_000;

describe('a flood of new subjects', () => {
  it('keeps memory bounded and never frees a subject that is over its limit', () => {
    const log = new SlidingLog(100);
    for (let i = 0; i < 3; i += 1) log.take('victim', 'v', 3, WINDOW, 0);
    for (let i = 0; i < 50_000; i += 1) log.take(`flood-${i}`, 'f', 3, WINDOW, 1);
    expect(log.size).toBeLessThanOrEqual(100 + 256);
    expect(log.take('victim', 'v', 3, WINDOW, 2).allowed).toBe(false);
  });

  it('lets the surplus share windows instead of passing it', () => {
    const log = new SlidingLog(100);
    let passed = 0;
    for (let i = 0; i < 50_000; i += 1) if (log.take(`flood-${i}`, 'f', 3, WINDOW, 1).allowed) passed += 1;
    expect(passed).toBeLessThanOrEqual((100 + 256) * 3);
  });

  it('serves new subjects by themselves again once the windows are empty', () => {
    const log = new SlidingLog(10);
    for (let i = 0; i < 1_000; i += 1) log.take(`flood-${i}`, 'f', 1, WINDOW, 0);
    for (let i = 0; i < 20; i += 1) log.take(`later-${i}`, 'l', 1, WINDOW, WINDOW + i);
    expect(log.take('newcomer', 'n', 1, WINDOW, 2 * WINDOW + 100).allowed).toBe(true);
    expect(log.size).toBeLessThanOrEqual(10 + 256);
  });
});
