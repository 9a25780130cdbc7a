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

/**
 * How far two samples are from being of one distribution: the normal deviate of the rank-sum test (Mann and Whitney, 1947). Within
 * 1.96 of zero no difference is seen at 5 %.
 */
export function rankSumZ(one: readonly number[], other: readonly number[]): number {
  if (one.length === 0 || other.length === 0) throw new RangeError('no samples');
  const wins = one.reduce(
    (sum, a) => sum + other.reduce((inner, b) => inner + (Math.sign(a - b) + 1) / 2, 0),
    0,
  );
  const pairs = one.length * other.length;
  return (wins - pairs / 2) / Math.sqrt((pairs * (one.length + other.length + 1)) / 12);
}
