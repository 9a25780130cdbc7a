import { join } from 'node:path';
import { runElectron } from './electron.ts';
import type { Place } from './place.ts';
import { comparisonNote, type Result } from './result.ts';
import { startTime } from './start-time.ts';
import { compare, type Pair } from './statistics.ts';

const BUDGET = 1.5;

/**
 * P1: start to interactive unlock window, against a bare Electron window. Both are started by the same probe, from the
 * spawn of the process to a field that can be typed into, in turn; the first pair fills the caches and is not counted.
 */
export async function measureP1(place: Place, runs: number): Promise<readonly Result[]> {
  const userData = place.folder('console');
  const vault = { SALLYPORT_BENCH_KEEPER: place.keeper, SALLYPORT_BENCH_VAULT: join(userData, 'vault') };
  await runElectron(place.electron, place.tool('vault-maker'), place.folder('maker'), vault);
  const bareData = place.folder('bare');
  const start = (target: string, data: string) =>
    startTime({ electron: place.electron, probe: place.tool('start-probe'), target, userData: data });
  const pairs: Pair[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const reference = await start(place.tool('bare-window'), bareData);
    const ours = await start(place.app, userData);
    if (run > 0) pairs.push({ ours, reference });
  }
  const comparison = compare(pairs);
  return [
    {
      id: 'P1',
      work: 'start to interactive unlock window',
      against: 'a bare Electron window',
      ...comparison,
      unit: 'ms',
      budget: BUDGET,
      notes: [comparisonNote(comparison)],
    },
  ];
}
