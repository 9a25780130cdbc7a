import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startJobs } from './jobs.ts';

const lines: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });

beforeEach(() => {
  vi.useFakeTimers();
  lines.length = 0;
});
afterEach(() => vi.useRealTimers());

describe('startJobs', () => {
  it('never runs a job beside itself', async () => {
    let release = (): void => undefined;
    const run = vi.fn(() => new Promise<void>((resolve) => (release = resolve)));
    startJobs([{ name: 'slow', everyMs: 100, run }], log);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(run).toHaveBeenCalledTimes(1);
    release();
    await vi.advanceTimersByTimeAsync(100);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('goes on after a failure and says which job it was', async () => {
    const run = vi.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue(undefined);
    startJobs([{ name: 'fragile', everyMs: 100, run }], log);
    await vi.advanceTimersByTimeAsync(250);
    expect(run).toHaveBeenCalledTimes(2);
    expect(lines.map((line) => JSON.parse(line).job)).toEqual(['fragile']);
  });

  it('finishes by one last run of each, waits for what is under way, and starts nothing more', async () => {
    const done: string[] = [];
    let release = (): void => undefined;
    const slow = vi.fn(async () => {
      if (slow.mock.calls.length === 1) await new Promise<void>((resolve) => (release = resolve));
      done.push('slow');
    });
    const quick = vi.fn(async () => void done.push('quick'));
    const jobs = startJobs(
      [
        { name: 'slow', everyMs: 100, run: slow },
        { name: 'quick', everyMs: 10_000, run: quick },
      ],
      log,
    );
    await vi.advanceTimersByTimeAsync(100);
    const finished = jobs.finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toEqual([]);
    release();
    await finished;
    expect(done).toEqual(['slow', 'slow', 'quick']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(done).toHaveLength(3);
  });
});
