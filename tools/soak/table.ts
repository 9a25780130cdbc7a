import { type Change, quantile, type Sample } from './judge.ts';
import type { ProcessFacts } from './watch.ts';

const WINDOWS = 10;

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);
const shown = ({ what }: Change, value: number): string => {
  if (what === 'memory') return `${megabytes(value)} MB`;
  return what === 'latency' ? `${value.toFixed(1)} ms` : `${value}`;
};

/** The run in ten lines. */
export function tableOf(samples: readonly Sample[]): string {
  const size = Math.max(1, Math.ceil(samples.length / WINDOWS));
  const rows = Array.from({ length: Math.ceil(samples.length / size) }, (_, n) => {
    const part = samples.slice(n * size, (n + 1) * size);
    const latencies = part.flatMap((sample) => sample.latencies);
    return [
      `${((part.at(-1)?.atMs ?? 0) / 1000).toFixed(0)} s`,
      `${megabytes(
        quantile(
          part.map(({ memory }) => memory),
          0.5,
        ),
      )} MB`,
      `${quantile(
        part.map(({ handles }) => handles),
        0.5,
      )}`,
      `${quantile(latencies, 0.5).toFixed(1)} ms`,
      `${quantile(latencies, 0.99).toFixed(1)} ms`,
    ];
  });
  return [['until', 'memory', 'handles', 'page p50', 'page p99'], ...rows]
    .map((row) => row.map((cell) => cell.padStart(10)).join(''))
    .join('\n');
}

export const verdictOf = (changes: readonly Change[]): string =>
  changes
    .map((change) => {
      const { what, before, after, flat } = change;
      const percent = ((after / before - 1) * 100).toFixed(1);
      return `${flat ? 'flat ' : 'GROWS'}  ${what}: ${shown(change, before)} -> ${shown(change, after)} (${percent} %)`;
    })
    .join('\n');

/** Each process before and after, to see which one it is. */
export const processesOf = (
  before: ReadonlyMap<string, Omit<ProcessFacts, 'name'>>,
  after: ReadonlyMap<string, Omit<ProcessFacts, 'name'>>,
): string =>
  [...after]
    .map(([name, { memory, handles }]) => {
      const former = before.get(name);
      const from = former ? `${megabytes(former.memory)} MB, ${former.handles}` : 'absent';
      return `  ${name.padEnd(12)} ${from} -> ${megabytes(memory)} MB, ${handles}`;
    })
    .join('\n');
