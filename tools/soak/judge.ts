/** What was seen at one moment. */
export interface Sample {
  readonly atMs: number;
  /** Bytes of all processes of the service together. */
  readonly memory: number;
  readonly handles: number;
  /** Milliseconds of every page that was asked for since the last sample. */
  readonly latencies: readonly number[];
}

export interface Change {
  readonly what: 'memory' | 'handles' | 'latency';
  readonly before: number;
  readonly after: number;
  readonly flat: boolean;
}

/** SPEC 19.10. */
const MEMORY_GROWTH = 1.1;
/** A page may take twice as long while a neighbour computes; what leaks, slows without an end. */
const LATENCY_GROWTH = 2;
const LATENCY_NOISE_MS = 10;
/** Caches, pools and compiled code fill in the first part of a run. */
const WARM_UP = 0.4;
/** Fewer say nothing. */
const LEAST_SAMPLES = 20;

export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * Holds the first quarter after the warm-up against the last.
 * @throws RangeError for too few samples: nothing was shown then
 */
export function judge(samples: readonly Sample[]): readonly Change[] {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP));
  if (settled.length < LEAST_SAMPLES) throw new RangeError('too few samples: let it run for longer');
  const quarter = Math.floor(settled.length / 4);
  const [first, last] = [settled.slice(0, quarter), settled.slice(-quarter)];
  const of = (pick: (sample: Sample) => number) => [first.map(pick), last.map(pick)] as const;
  const [memoryBefore, memoryAfter] = of(({ memory }) => memory).map(median) as [number, number];
  const [handlesBefore, handlesAfter] = of(({ handles }) => handles);
  const [before, after] = [first, last].map((part) => median(part.flatMap(({ latencies }) => latencies))) as [
    number,
    number,
  ];
  return [
    {
      ...{ what: 'memory', before: memoryBefore, after: memoryAfter },
      flat: memoryAfter <= memoryBefore * MEMORY_GROWTH,
    },
    {
      ...{ what: 'handles', before: median(handlesBefore), after: median(handlesAfter) },
      // Connections come and go; a leak leaves more at the best of times than there were at the worst.
      flat: Math.min(...handlesAfter) <= Math.max(...handlesBefore),
    },
    // No answer at all is not flat: a comparison with NaN is false.
    { what: 'latency', before, after, flat: after <= before * LATENCY_GROWTH + LATENCY_NOISE_MS },
  ];
}
