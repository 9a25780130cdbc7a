import { driveConsole, makeConsoleData } from './console/driven.ts';
import { runElectron } from './electron.ts';
import { BenchError } from './errors.ts';
import { FRAMES_PREFIX, SECONDS_VARIABLE } from './live/blank.ts';
import { changeRate, frameRate, latencies } from './live/latency.ts';
import type { Place } from './place.ts';
import { say } from './progress.ts';
import { comparisonNote, type Result } from './result.ts';
import { compare, median, type Pair, quantile } from './statistics.ts';

const BUDGET = 0.9;
const BUDGET_P95_MS = 100;
/** As for a soak: a tenth more is growth. */
const BUDGET_MEMORY = 1.1;
const PER_SECOND = 5_000;
const SECONDS = 60;
/** A blank page is as blank after ten seconds as after sixty. */
const BLANK_SECONDS = 10;
/** The first stream fills the window of the list and lets the engines compile; it is not counted. */
const WARM_UP_SECONDS = 15;

interface Taken extends Pair {
  readonly p50: number;
  readonly p95: number;
  readonly worst: number;
  /** How often the list was another one, each second. */
  readonly changes: number;
  /** Entries that were written, and those of them that the page was too slow for. */
  readonly written: number;
  readonly leftOut: number;
  /** Of the page's process, MiB: the usual and the most. */
  readonly memory: number;
  readonly peak: number;
}

async function blankRate(place: Place): Promise<number> {
  const seconds = { [SECONDS_VARIABLE]: String(BLANK_SECONDS) };
  const output = await runElectron(place.electron, place.tool('blank-page'), place.folder('blank'), seconds);
  const line = output.split('\n').find((text) => text.startsWith(FRAMES_PREFIX));
  if (line === undefined) throw new BenchError('start', 'the blank page ended without its frames');
  return Number(line.slice(FRAMES_PREFIX.length));
}

async function takePairs(place: Place, runs: number, seconds: number): Promise<Taken[]> {
  const userData = await makeConsoleData(place);
  const console = driveConsole(place, userData, { api: place.tool('live-api') });
  const taken: Taken[] = [];
  try {
    await console.unlock();
    await console.go('ledger');
    for (let run = 0; run <= runs; run += 1) {
      const reference = await blankRate(place);
      const streamed = await console.stream(run === 0 ? WARM_UP_SECONDS : seconds, PER_SECOND);
      const { released, frames, leftOut, memory } = streamed;
      const late = latencies(released, frames);
      const unseen = late.filter((ms) => ms === Number.POSITIVE_INFINITY).length;
      if (unseen > 0) throw new BenchError('request', `the screen never came to the last ${unseen} entries`);
      const one: Taken = {
        ...{ ours: frameRate(released, frames), reference, leftOut, written: late.length },
        ...{ p50: median(late), p95: quantile(late, 0.95), worst: quantile(late, 1) },
        changes: changeRate(released, frames),
        ...{ memory: median(memory), peak: quantile(memory, 1) },
      };
      const figures = `${one.ours.toFixed(1)} of ${reference.toFixed(1)} frames/s, p95 ${one.p95.toFixed(0)} ms`;
      say(
        `P6 run ${run} of ${runs}${run === 0 ? ' (warming up)' : ''}: ${figures}, ${one.memory.toFixed(0)} MiB, ${leftOut} left out`,
      );
      if (run > 0) taken.push(one);
    }
  } finally {
    await console.stop();
  }
  return taken;
}

function memoryRow(taken: readonly Taken[], work: string): Result {
  const [first, last] = [taken[0]?.memory ?? 0, taken.at(-1)?.memory ?? 0];
  return {
    ...{ id: 'P6.memory', work: `${work}, resident memory of the page`, unit: 'MiB', budget: BUDGET_MEMORY },
    ...{ against: 'itself in the first stream', ours: last, reference: first, ratio: last / first },
    notes: [
      `the last of ${taken.length} streams into one page, at most ${Math.max(...taken.map(({ peak }) => peak)).toFixed(0)} MiB`,
    ],
  };
}

/** A page that leaves entries out draws fewer: its frames would say nothing. */
function shownRow(taken: readonly Taken[], work: string): Result {
  const written = taken.reduce((sum, one) => sum + one.written, 0);
  const shown = written - taken.reduce((sum, one) => sum + one.leftOut, 0);
  return {
    ...{ id: 'P6.shown', work: `${work}, entries that came into the list`, unit: 'entries', budget: 1 },
    ...{
      against: 'all that were written',
      ours: shown,
      reference: written,
      ratio: shown / written,
      rate: true,
    },
    notes: [`${written - shown} were left out because the page was too slow`],
  };
}

/**
 * P6: a stream of 5,000 events a second into the ledger screen of the real console, against the frame rate of a blank page in
 * which one box moves, in the same runtime on the same display. The source is the service's own api process whose feed makes
 * entries in memory; client, main process, IPC and page are the console's.
 */
export async function measureP6(
  place: Place,
  runs: number,
  asked: number | null,
): Promise<readonly Result[]> {
  const seconds = asked ?? SECONDS;
  const taken = await takePairs(place, runs, seconds);
  const comparison = compare(taken);
  const p95 = median(taken.map((one) => one.p95));
  const [least, most] = [Math.min(...taken.map((one) => one.p95)), Math.max(...taken.map((one) => one.p95))];
  const work = `${PER_SECOND} events/s for ${seconds} s into the ledger screen`;
  const short =
    seconds < SECONDS
      ? [`shorter than the ${SECONDS} s of the performance table, which it does not prove`]
      : [];
  return [
    {
      ...{ id: 'P6', work, against: 'a blank animated page', unit: 'frames/s', budget: BUDGET, rate: true },
      ...comparison,
      notes: [
        comparisonNote(comparison),
        `the list changed ${median(taken.map(({ changes }) => changes)).toFixed(1)} times a second`,
        ...short,
      ],
    },
    {
      ...{ id: 'P6.pixel', work: `${work}, event to pixel, p95`, unit: 'ms', budget: 1 },
      ...{ against: `its limit of ${BUDGET_P95_MS} ms`, reference: BUDGET_P95_MS },
      ...{ ours: p95, ratio: p95 / BUDGET_P95_MS, spread: [least / BUDGET_P95_MS, most / BUDGET_P95_MS] },
      pairs: taken.length,
      notes: [
        `p95 ${least.toFixed(0)} to ${most.toFixed(0)} ms, p50 ${median(taken.map((one) => one.p50)).toFixed(0)} ms`,
        `the slowest of all ${Math.max(...taken.map((one) => one.worst)).toFixed(0)} ms`,
      ],
    },
    shownRow(taken, work),
    memoryRow(taken, work),
  ];
}
