import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { driveConsole, makeConsoleData } from './console/driven.ts';
import { BenchError } from './errors.ts';
import { processes, pssMib, treeOf } from './memory/processes.ts';
import type { Place } from './place.ts';
import { say } from './progress.ts';
import { comparisonNote, type Result } from './result.ts';
import { type Child, forkChild } from './signed/child.ts';
import { startProgram } from './start-time.ts';
import { compare, median, type Pair } from './statistics.ts';

const BUDGET = 1.8;
/** So long nobody does anything before the memory is looked at: what starting took has been given back by then. */
const SETTLE_MS = 20_000;
/** A sandboxed process shows its memory to nobody but root; both sides are started with this, and the sandbox stays. */
const READABLE = '--allow-sandbox-debugging';
const NODE = 'keeper and service';
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/--utility-sub-type=node\.mojom\.NodeService/, NODE],
  [/(^|\/)postgres\b/, 'database'],
  [/--type=renderer/, 'page'],
];
const kindOf = (command: string): string =>
  KINDS.find(([pattern]) => pattern.test(command))?.[1] ?? 'rest of Chromium';

interface Ours {
  readonly mib: number;
  /** Processes of Node beside main: keeper and service. */
  readonly nodes: number;
  /** MiB of each kind of process. */
  readonly parts: Readonly<Record<string, number>>;
}

async function consoleMemory(place: Place, userData: string): Promise<Ours> {
  const console = driveConsole(place, userData, { switches: [READABLE] });
  try {
    await console.unlock();
    await pause(SETTLE_MS);
    const tree = treeOf(console.pid, processes());
    const parts: Record<string, number> = {};
    for (const { pid, command } of tree) {
      const kind = pid === console.pid ? 'main' : kindOf(command);
      parts[kind] = (parts[kind] ?? 0) + pssMib([pid]);
    }
    return {
      ...{ parts, mib: Object.values(parts).reduce((sum, mib) => sum + mib, 0) },
      nodes: tree.filter(({ command }) => kindOf(command) === NODE).length,
    };
  } finally {
    await console.stop();
  }
}

const nodeReady = z.object({ type: z.literal('ready') });

async function bareMemory(place: Place, userData: string, nodes: number): Promise<number> {
  const started: Child<unknown>[] = [];
  const window = await startProgram({
    ...{ electron: place.electron, probe: place.tool('start-probe'), target: place.tool('bare-window') },
    ...{ userData, switches: [READABLE] },
  });
  try {
    for (let i = 0; i < nodes; i += 1) {
      const child = forkChild(place.tool('bare-node'), nodeReady, { type: 'stop' });
      started.push(child);
      await child.heard((message): message is z.infer<typeof nodeReady> => message.type === 'ready');
    }
    await pause(SETTLE_MS);
    const tree = treeOf(window.pid, processes());
    return pssMib([...tree.map(({ pid }) => pid), ...started.map(({ pid }) => pid)]);
  } finally {
    for (const child of started) await child.stop();
    await window.stop();
  }
}

/**
 * P11: memory of the console's whole tree of processes, unlocked and idle, the database's included, against a bare Electron window and
 * as many Node processes that do nothing. What processes share is counted once, in parts (PSS).
 */
export async function measureP11(place: Place, runs: number): Promise<readonly Result[]> {
  if (process.platform !== 'linux')
    throw new BenchError('environment', 'P11 reads /proc, which only Linux has.');
  const userData = await makeConsoleData(place);
  const bareData = place.folder('bare');
  const pairs: (Pair & Ours)[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const mine = await consoleMemory(place, userData);
    const reference = await bareMemory(place, bareData, mine.nodes);
    const warming = run === 0 ? ' (warming up)' : '';
    say(`P11 run ${run} of ${runs}${warming}: ${mine.mib.toFixed(0)} MiB, bare ${reference.toFixed(0)} MiB`);
    if (run > 0) pairs.push({ ...mine, ours: mine.mib, reference });
  }
  const comparison = compare(pairs);
  const usual = Object.keys(pairs[0]?.parts ?? {}).map((kind) => {
    const mib = median(pairs.map(({ parts }) => parts[kind] ?? 0));
    return `${kind} ${mib.toFixed(0)} MiB`;
  });
  return [
    {
      ...{ id: 'P11', work: 'resident memory, idle and unlocked', unit: 'MiB', budget: BUDGET },
      ...{ against: 'a bare Electron window and as many bare Node processes' },
      ...comparison,
      notes: [
        comparisonNote(comparison),
        `${Math.max(...pairs.map(({ nodes }) => nodes))} Node processes beside main`,
        `of it ${usual.join(', ')}`,
      ],
    },
  ];
}
