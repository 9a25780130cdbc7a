import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chart } from './chart.ts';
import { machineFacts, type Report, reportJson, reportMarkdown, writeReport } from './report.ts';
import type { Result } from './result.ts';

const signed: Result = {
  ...{ id: 'P3', work: 'signed <mutation>', against: 'a | route', unit: 'ms', notes: ['7 paired runs'] },
  ...{ ours: 4.123456, reference: 2, ratio: 2.061728, spread: [1.9, 2.4], pairs: 7, budget: 3 },
};
const slow: Result = {
  ...signed,
  id: 'P9',
  unit: 'req/s',
  rate: true,
  budget: 0.6,
  ratio: 0.2,
  spread: [0.1, 0.3],
};
const shown: Result = { ...signed, id: 'P5.open', budget: null };
const report: Report = { machine: machineFacts(), results: [signed, slow, shown] };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the report of a run', () => {
  it('is three files with the machine, every row and the spread of its pairs', () => {
    writeReport(folder, report);
    expect(readdirSync(folder).sort()).toEqual(['bench.json', 'bench.md', 'bench.svg']);
    const { machine, rows } = JSON.parse(readFileSync(join(folder, 'bench.json'), 'utf8'));
    expect(machine.cores).toBeGreaterThan(0);
    expect(rows.map(({ id, met }: { id: string; met: boolean }) => [id, met])).toEqual([
      ['P3', true],
      ['P9', false],
      ['P5.open', true],
    ]);
    expect(rows[0]).toMatchObject({ ratio: 2.062, spread: [1.9, 2.4], pairs: 7 });
  });

  it('says that nothing is known of a spread, where sizes were compared', () => {
    const { spread: _, pairs: __, ...single } = signed;
    expect(JSON.parse(reportJson({ ...report, results: [single] })).rows[0]).toMatchObject({
      spread: null,
      pairs: null,
    });
  });

  it('keeps signs of a table and of markup out of both', () => {
    expect(reportMarkdown(report)).toContain('against a \\| route');
    expect(chart([{ ...signed, id: '<P3>' }])).toContain('&#60;P3&#62;');
  });

  it('draws what has a budget, and says in words what is missed', () => {
    const drawn = chart(report.results);
    expect(drawn.match(/<rect x=/g)).toHaveLength(2);
    expect(drawn).toContain('0.20x of ≥ 0.6x, NOT MET');
    expect(drawn).not.toContain('P5.open');
  });
});
