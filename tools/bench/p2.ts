import { driveConsole, makeConsoleData } from './console/driven.ts';
import type { Place } from './place.ts';
import { say } from './progress.ts';
import { comparisonNote, type Result } from './result.ts';
import { startTime } from './start-time.ts';
import { compare, median, type Pair } from './statistics.ts';

const BUDGET = 3;

interface Taken extends Pair {
  /** Milliseconds from the passphrase to each stage. */
  readonly stages: Readonly<Record<string, number>>;
}

async function unlockOnce(place: Place, userData: string): Promise<Omit<Taken, 'reference'>> {
  const console = driveConsole(place, userData);
  try {
    const { sentAt, stages } = await console.unlock();
    const since = Object.entries(stages).map(([name, at]) => [name, at - sentAt] as const);
    const { live = Number.NaN, ...before } = Object.fromEntries(since);
    return { ours: live, stages: before };
  } finally {
    await console.stop();
  }
}

function stageNote(taken: readonly Taken[]): string {
  const names = Object.keys(taken[0]?.stages ?? {});
  const usual = names.map((name) => [name, median(taken.map(({ stages }) => stages[name] ?? 0))] as const);
  const inOrder = [...usual].sort(([, a], [, b]) => a - b);
  return `from the passphrase on: ${inOrder.map(([name, ms]) => `${name} ${ms.toFixed(0)} ms`).join(', ')}`;
}

/**
 * P2: from the passphrase that was sent to an overview whose service runs, whose stream is live and whose boundaries have their
 * figures, against the start of a bare Electron window. The console is started anew for each pair; the first one makes the
 * database and is not counted.
 */
export async function measureP2(place: Place, runs: number): Promise<readonly Result[]> {
  const userData = await makeConsoleData(place);
  const bare = {
    ...{ electron: place.electron, probe: place.tool('start-probe') },
    ...{ target: place.tool('bare-window'), userData: place.folder('bare') },
  };
  const taken: Taken[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const reference = await startTime(bare);
    const ours = await unlockOnce(place, userData);
    say(`P2 run ${run} of ${runs}${run === 0 ? ' (warming up)' : ''}: ${ours.ours} ms, ${reference} ms`);
    if (run > 0) taken.push({ ...ours, reference });
  }
  const comparison = compare(taken);
  return [
    {
      ...{ id: 'P2', work: 'unlock to a live overview, service included', unit: 'ms', budget: BUDGET },
      ...{ against: 'the start of a bare Electron window' },
      ...comparison,
      notes: [comparisonNote(comparison), stageNote(taken)],
    },
  ];
}
