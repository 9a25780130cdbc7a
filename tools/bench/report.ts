import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { chart } from './chart.ts';
import { isMet, type Result, rounded, table } from './result.ts';

/** What the figures were measured on; a ratio travels, a figure does not. */
export interface Machine {
  readonly measuredAt: string;
  readonly system: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGib: number;
  readonly node: string;
}

export const machineFacts = (): Machine => ({
  measuredAt: new Date().toISOString(),
  system: `${platform()} ${release()} ${arch()}`,
  cores: cpus().length,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGib: Math.round(totalmem() / 1024 ** 3),
  node: process.version,
});

export interface Report {
  readonly machine: Machine;
  readonly results: readonly Result[];
}

/** Everything that is known of a run, for programs. */
export const reportJson = ({ machine, results }: Report): string =>
  `${JSON.stringify(
    {
      machine,
      rows: results.map(({ ours, reference, ratio, spread, pairs, ...rest }) => ({
        ...rest,
        ...{ ours: rounded(ours), reference: rounded(reference), ratio: rounded(ratio) },
        ...{
          spread: spread?.map(rounded) ?? null,
          pairs: pairs ?? null,
          met: isMet({ ...rest, ours, reference, ratio }),
        },
      })),
    },
    null,
    2,
  )}\n`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The same for people who read it later. */
export function reportMarkdown({ machine, results }: Report): string {
  const rows = results.map((result) => {
    const { id, work, against, ours, reference, unit, ratio, budget, spread, pairs, rate } = result;
    const limit = budget === null ? 'none' : `${rate ? '≥' : '≤'} ${budget}x`;
    const around = spread ? `${spread[0].toFixed(2)} to ${spread[1].toFixed(2)} in ${pairs}` : '';
    const figures = [`${ours.toFixed(1)} ${unit}`, `${reference.toFixed(1)} ${unit}`, `${ratio.toFixed(2)}x`];
    const said = isMet(result) ? 'met' : '**not met**';
    return `| ${[id, cell(`${work}, against ${against}`), ...figures, around, limit, said].join(' | ')} |`;
  });
  const { measuredAt, system, cores, processor, memoryGib, node } = machine;
  return [
    '# Measured performance',
    '',
    `${measuredAt}, ${system}, ${cores} cores of ${processor}, ${memoryGib} GiB, Node ${node}.`,
    'Figures are medians; a ratio is the median of the ratios of the pairs, with the least and the greatest beside it.',
    '',
    '![Each row as a share of its budget](bench.svg)',
    '',
    '| row | work | ours | reference | ratio | pairs | budget | |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    '```',
    table(results),
    '```',
    '',
  ].join('\n');
}

/** `bench.json`, `bench.md` and `bench.svg`. */
export function writeReport(folder: string, report: Report): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bench.json'), reportJson(report));
  writeFileSync(join(folder, 'bench.md'), reportMarkdown(report));
  writeFileSync(join(folder, 'bench.svg'), chart(report.results));
}
