const STEPS = 4;
/** Steps that people add up without thinking, within one power of ten. */
const ROUND = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10] as const;

/**
 * Five ticks from zero in round steps, the last at or above the highest value.
 * @param least the smallest height of the axis: an empty chart has one too
 */
export function evenTicks(highest: number, least = 1): number[] {
  const needed = Math.max(highest, least) / STEPS;
  const power = 10 ** Math.floor(Math.log10(needed));
  const step = (ROUND.find((factor) => factor * power >= needed) ?? 10) * power;
  return Array.from({ length: STEPS + 1 }, (_, i) => i * step);
}
