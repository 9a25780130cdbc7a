/** What the api-database boundary shows: measured here, estimated nowhere. */
export interface QueryCounters {
  /** Statements since the process started, and those of them that failed (a refused connection counts as one). */
  readonly queries: number;
  readonly errors: number;
  /** Of the last minute. */
  readonly recent: {
    readonly queries: number;
    readonly errors: number;
    /** Milliseconds; `null` while there was no statement. */
    readonly p50: number | null;
    readonly p95: number | null;
  };
}

export interface QueryMeter {
  /** Call the result when the statement ended. */
  begin(): (ok: boolean) => void;
  refused(): void;
  counters(): QueryCounters;
}

const WINDOW_MS = 60_000;
/** At most so many samples are kept; under more load the percentiles are of the latest ones. */
const SAMPLES = 4096;

const percentile = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;

/** @param now a monotonic clock in milliseconds */
export function createQueryMeter(now: () => number): QueryMeter {
  const samples: { at: number; ms: number; ok: boolean }[] = [];
  let next = 0;
  let queries = 0;
  let errors = 0;

  const add = (ms: number, ok: boolean): void => {
    queries += 1;
    if (!ok) errors += 1;
    samples[next] = { at: now(), ms, ok };
    next = (next + 1) % SAMPLES;
  };

  return {
    begin: () => {
      const started = now();
      return (ok) => add(now() - started, ok);
    },
    refused: () => add(0, false),
    counters: () => {
      const since = now() - WINDOW_MS;
      const recent = samples.filter((sample) => sample.at >= since);
      const sorted = recent
        .filter((sample) => sample.ok)
        .map((sample) => sample.ms)
        .sort((a, b) => a - b);
      return {
        queries,
        errors,
        recent: {
          queries: recent.length,
          errors: recent.filter((sample) => !sample.ok).length,
          p50: percentile(sorted, 0.5),
          p95: percentile(sorted, 0.95),
        },
      };
    },
  };
}
