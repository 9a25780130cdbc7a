/** What the keychain's counter says about a file that claims a generation. */
export type Freshness = 'current' | 'rolled-back' | 'counter-behind' | 'unknown';

/**
 * The file is written first and the counter follows, so generation N is valid at counter N, and at N-1 after a crash between
 * the two (SPEC 14). A higher counter means that a newer file existed. A counter further behind was itself restored.
 * @param counter `null` when the keychain holds none
 */
export function judgeGeneration(generation: number, counter: number | null): Freshness {
  if (counter === null) return 'unknown';
  if (counter === generation || counter === generation - 1) return 'current';
  return counter > generation ? 'rolled-back' : 'counter-behind';
}

/** Above everything that was ever written, so that a lost newer file can never pass for the current one again. */
export const nextGeneration = (generation: number, counter: number | null): number =>
  Math.max(generation, counter ?? 0) + 1;
