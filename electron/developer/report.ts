import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';
import type { TracedCall } from './trace.ts';

export interface ProcessRow {
  readonly pid: number;
  readonly what: string;
  readonly cpuPercent: number;
  readonly memoryKib: number;
}

/** Lag of main's event loop since the last look, in milliseconds. */
export interface Lag {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What the window shows; it crosses the processes as one text. */
export interface DeveloperReport {
  readonly processes: readonly ProcessRow[];
  readonly lag: Lag;
  readonly calls: readonly TracedCall[];
  readonly diagnoses: readonly Diagnosis[];
}

type Metric = Pick<Electron.ProcessMetric, 'pid' | 'type' | 'name' | 'cpu' | 'memory'>;

/** Rows of the process tree: main first, then its children by what they are. */
export const processRows = (metrics: readonly Metric[]): ProcessRow[] =>
  metrics
    .map(({ pid, type, name, cpu, memory }) => ({
      pid,
      what: name ? `${type}: ${name}` : type,
      cpuPercent: cpu.percentCPUUsage,
      memoryKib: memory.workingSetSize,
    }))
    .sort(
      (left, right) =>
        rank(left) - rank(right) || left.what.localeCompare(right.what) || left.pid - right.pid,
    );

const rank = ({ what }: ProcessRow): number => (what.startsWith('Browser') ? 0 : 1);

interface Histogram {
  percentile(share: number): number;
  readonly max: number;
  reset(): void;
}

const MS = 1e6;

/** Reads a histogram of nanoseconds and begins a new one; one in which nothing was counted says 0. */
export function readLag(histogram: Histogram): Lag {
  const of = (value: number) => (Number.isFinite(value) ? value / MS : 0);
  const lag = {
    p50: of(histogram.percentile(50)),
    p99: of(histogram.percentile(99)),
    max: of(histogram.max),
  };
  histogram.reset();
  return lag;
}
