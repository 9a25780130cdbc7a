import type { Comparison } from './statistics.ts';

/** One measured row of the performance table: met by a ratio of at most the budget, or, for a rate, of at least. */
export interface Result {
  readonly id: string;
  /** What was measured, in a few words. */
  readonly work: string;
  readonly against: string;
  readonly ours: number;
  readonly reference: number;
  readonly unit: 'ms' | 'req/s' | 'frames/s' | 'MiB' | 'entries';
  readonly ratio: number;
  /** Least and greatest ratio of a pair, and how many pairs; absent where sizes are compared and not runs. */
  readonly spread?: Comparison['spread'];
  readonly pairs?: number;
  /** Null for a figure that is shown and has no limit of its own. */
  readonly budget: number | null;
  /** More is better. */
  readonly rate?: true;
  /** What else a reader wants to know: spread, number of runs, where the time goes. */
  readonly notes: readonly string[];
}

/** Three digits are more than a busy machine can repeat. */
export const rounded = (value: number): number => Number(value.toPrecision(4));

export const isMet = ({ ratio, budget, rate }: Result): boolean =>
  budget === null || (rate ? ratio >= budget : ratio <= budget);

export const comparisonNote = ({ spread: [least, greatest], pairs }: Comparison): string =>
  `${pairs} paired runs, ratio ${least.toFixed(2)} to ${greatest.toFixed(2)}`;

/** The line that SPEC 0 fixes for programs. */
export function jsonLine(result: Result): string {
  const { id, ours, reference, unit, ratio, budget } = result;
  return JSON.stringify({
    id,
    ours: rounded(ours),
    reference: rounded(reference),
    unit,
    ratio: rounded(ratio),
    budget,
    met: isMet(result),
  });
}

/** The same for people: a row, what stands beside it, and its notes. */
export function table(results: readonly Result[]): string {
  const cells = results.map((result) => [
    result.id,
    `${result.ours.toFixed(1)} ${result.unit}`,
    `${result.reference.toFixed(1)} ${result.unit}`,
    `${result.ratio.toFixed(2)}x`,
    result.budget === null ? 'none' : `${result.rate ? '>=' : '<='} ${result.budget}x`,
    isMet(result) ? 'met' : 'NOT MET',
  ]);
  const rows = [['row', 'ours', 'reference', 'ratio', 'budget', ''], ...cells];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  const explained = results.map(
    ({ id, work, against, notes }) => `${id}: ${[`${work}, against ${against}`, ...notes].join('; ')}`,
  );
  return [line(head), ...body.map(line), '', ...explained].join('\n');
}
