import { totalmem } from 'node:os';
import { COST_BOUNDS, checkCost, freshKdf, type KdfCost, stretch } from './stretch.ts';

/** What a person who unlocks by hand does not mind. */
const TARGET_MS = 400;
/** RFC 9106, section 4, second recommendation: the least that is ever used, on the slowest machine. */
const FLOOR: KdfCost = { memoryKib: COST_BOUNDS.memoryKib.min, passes: 3, lanes: 4 };
/** Memory is asked for in whole steps, so that two measurements of one machine give one cost. */
const STEP_KIB = 32 * 1024;

async function measured(cost: KdfCost): Promise<number> {
  const began = performance.now();
  const key = await stretch('how long does this take here', freshKdf(cost, Buffer.alloc(16)));
  key.fill(0);
  return performance.now() - began;
}

interface Machine {
  /** Milliseconds that one derivation takes. */
  readonly measure: (cost: KdfCost) => Promise<number>;
  readonly memoryBytes: number;
}

/**
 * The cost whose derivation takes about 400 ms here. Memory is what makes guessing expensive, so it grows first, up to a quarter of
 * this machine's or to 1 GiB; only then do passes.
 */
export async function tuneCost(
  { measure, memoryBytes }: Machine = { measure: measured, memoryBytes: totalmem() },
): Promise<KdfCost> {
  // The first derivation also pays for its memory and threads; the second is what an unlock costs.
  await measure(FLOOR);
  const floorMs = Math.max(1, await measure(FLOOR));
  const most = Math.min(COST_BOUNDS.memoryKib.max, memoryBytes / 1024 / 4);
  const wanted = Math.min((FLOOR.memoryKib * TARGET_MS) / floorMs, most);
  const memoryKib = Math.max(FLOOR.memoryKib, Math.floor(wanted / STEP_KIB) * STEP_KIB);
  const passMs = ((floorMs / FLOOR.passes) * memoryKib) / FLOOR.memoryKib;
  const passes = Math.min(COST_BOUNDS.passes.max, Math.max(FLOOR.passes, Math.floor(TARGET_MS / passMs)));
  const cost = { memoryKib, passes, lanes: FLOOR.lanes };
  checkCost(cost);
  return cost;
}
