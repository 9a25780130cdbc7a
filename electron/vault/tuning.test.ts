import { describe, expect, it } from 'vitest';
import { COST_BOUNDS, type KdfCost } from './stretch.ts';
import { tuneCost } from './tuning.ts';

const GIB = 1024 ** 3;
/** A machine on which one pass over 64 MiB takes so long. */
const machine = (passMs: number, memoryBytes = 16 * GIB) => ({
  measure: async ({ memoryKib, passes }: KdfCost) => passMs * passes * (memoryKib / 65_536),
  memoryBytes,
});
const timeOf = ({ memoryKib, passes }: KdfCost, passMs: number) => passMs * passes * (memoryKib / 65_536);

describe('tuneCost', () => {
  it.each([1, 4, 12, 40, 130])(
    'takes at most 400 ms where a pass takes %i ms, and most of them',
    async (passMs) => {
      const cost = await tuneCost(machine(passMs));
      expect(timeOf(cost, passMs)).toBeLessThanOrEqual(400);
      if (passMs >= 4) expect(timeOf(cost, passMs)).toBeGreaterThan(240);
      expect(cost.memoryKib).toBeLessThanOrEqual(COST_BOUNDS.memoryKib.max);
    },
  );

  it('never goes below 64 MiB and three passes, however slow the machine', async () => {
    expect(await tuneCost(machine(2_000))).toEqual({ memoryKib: 65_536, passes: 3, lanes: 4 });
  });

  it('takes no more than a quarter of the memory, and gives the rest of the time to passes', async () => {
    const cost = await tuneCost(machine(10, GIB));
    expect(cost.memoryKib).toBeLessThanOrEqual(256 * 1024);
    expect(cost.passes).toBeGreaterThan(3);
  });

  it('measures this machine within the bounds', async () => {
    const { memoryKib, passes } = await tuneCost();
    expect(memoryKib).toBeGreaterThanOrEqual(COST_BOUNDS.memoryKib.min);
    expect(passes).toBeGreaterThanOrEqual(3);
  });
});
