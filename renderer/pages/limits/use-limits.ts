import type { LimitsState } from '../../../shared/http/limits.ts';
import { useCall } from '../../bridge/use-remote.ts';

const LIMITS_MS = 1000;

export const useLimits = () => useCall('limits.state', {}, { everyMs: LIMITS_MS });

export interface RatePoint {
  /** Beginning of the bucket, in milliseconds since the epoch. */
  readonly at: number;
  readonly allowed: number;
  readonly refused: number;
}

/** The history as requests per second, so that its unit does not depend on the width of a bucket. */
export const ratesOf = (state: LimitsState): RatePoint[] =>
  state.history.map((bucket) => ({
    at: Date.parse(bucket.at),
    allowed: bucket.allowed / state.bucketSeconds,
    refused: bucket.refused / state.bucketSeconds,
  }));

const MINUTE_MS = 60_000;
/** A shorter picture would redraw its axis with every bucket. */
const LEAST_MS = 2 * MINUTE_MS;

/**
 * The part of the history worth drawing: from the whole minute in which traffic began, two minutes at least. What lies
 * before is quiet in every bucket, so nothing is hidden and a young service does not look empty.
 */
export function sinceTraffic(points: readonly RatePoint[]): readonly RatePoint[] {
  const first = points.find((point) => point.allowed + point.refused > 0);
  const last = points.at(-1);
  if (!first || !last) return points;
  const from = Math.min(Math.floor(first.at / MINUTE_MS) * MINUTE_MS, last.at - LEAST_MS);
  return points.filter((point) => point.at >= from);
}

/** Rates of the last complete bucket: the newest one is still filling and would read low. */
export function currentRate(state: LimitsState): RatePoint | undefined {
  const rates = ratesOf(state);
  return rates.at(-2) ?? rates.at(-1);
}

export const SCOPE_WORD: Record<LimitsState['rules'][number]['scope'], string> = {
  ip: 'address',
  key: 'key',
  operator: 'operator',
  agent: 'agent',
};

/** Requests a second that one address may send for ever: the threshold against which the chart is read. */
export function addressCeiling(state: LimitsState): number | null {
  const rule = state.rules.find((r) => r.scope === 'ip');
  return rule ? rule.limit / rule.windowSeconds : null;
}
