/**
 * Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996).
 * @param q in [0, 1]
 */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) throw new RangeError('no samples');
  const sorted = [...samples].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** What was measured side by side: one figure of ours and one of the reference, from the same minute of the machine. */
export interface Pair {
  readonly ours: number;
  readonly reference: number;
}

export interface Comparison {
  readonly ours: number;
  readonly reference: number;
  /** Median of the ratios of the pairs: what slows the machine down for a moment slows both. */
  readonly ratio: number;
  /** Least and greatest ratio of a pair. */
  readonly spread: readonly [least: number, greatest: number];
  readonly pairs: number;
}

export function compare(pairs: readonly Pair[]): Comparison {
  const ratios = pairs.map(({ ours, reference }) => ours / reference);
  return {
    ours: median(pairs.map(({ ours }) => ours)),
    reference: median(pairs.map(({ reference }) => reference)),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
    pairs: pairs.length,
  };
}
