import type { LimitRule } from '../../gate/rate.ts';

/** What one rule does to one subject's requests. */
export interface Replayed {
  /** Requests refused in each second. */
  readonly refused: Uint16Array;
  readonly total: number;
}

/**
 * Plays requests, counted by the second, against a rule: the sliding log of `sliding-log.ts`, with every request of a second at that
 * second's beginning. A refused request is not counted against the window, as there.
 */
export function replay(counts: Uint16Array, { limit, windowSeconds }: LimitRule): Replayed {
  const passed = new Uint16Array(counts.length);
  const refused = new Uint16Array(counts.length);
  let used = 0;
  let total = 0;
  for (let second = 0; second < counts.length; second += 1) {
    if (second >= windowSeconds) used -= passed[second - windowSeconds] ?? 0;
    const asked = counts[second] ?? 0;
    const through = Math.min(asked, Math.max(0, limit - used));
    passed[second] = through;
    refused[second] = asked - through;
    used += through;
    total += asked - through;
  }
  return { refused, total };
}

/** The most that was asked for in any window that ends in each second: what a limit has to be to refuse nothing. */
export function demandOf(counts: Uint16Array, windowSeconds: number): Uint32Array {
  const demand = new Uint32Array(counts.length);
  let asked = 0;
  for (let second = 0; second < counts.length; second += 1) {
    asked += counts[second] ?? 0;
    if (second >= windowSeconds) asked -= counts[second - windowSeconds] ?? 0;
    demand[second] = asked;
  }
  return demand;
}
