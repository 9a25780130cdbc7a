import { createHistogram } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { processRows, readLag } from './report.ts';

const metric = (pid: number, type: 'Browser' | 'Tab' | 'Utility', name?: string) => ({
  ...{ pid, type, ...(name === undefined ? {} : { name }) },
  cpu: { percentCPUUsage: 1, idleWakeupsPerSecond: 0 },
  memory: { workingSetSize: 100, peakWorkingSetSize: 100 },
});

describe('the developer’s report', () => {
  it('has main first and each process by what it is', () => {
    const rows = processRows([
      metric(9, 'Utility', 'Sallyport keeper'),
      metric(7, 'Tab'),
      metric(3, 'Browser'),
    ]);
    expect(rows.map(({ what }) => what)).toEqual(['Browser', 'Tab', 'Utility: Sallyport keeper']);
    expect(rows[0]).toEqual({ pid: 3, what: 'Browser', cpuPercent: 1, memoryKib: 100 });
  });

  it('tells the lag since the last look', () => {
    const histogram = createHistogram();
    for (const ns of [1e6, 2e6, 50e6]) histogram.record(ns);
    const lag = readLag(histogram);
    expect(lag.p50).toBeCloseTo(2, 1);
    expect(lag.max).toBeGreaterThanOrEqual(50);
    expect(readLag(histogram).p99).toBe(0);
  });
});
