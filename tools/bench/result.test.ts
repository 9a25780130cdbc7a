import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.ts';
import { jsonLine, type Result, table } from './result.ts';

const result: Result = {
  id: 'P3',
  work: 'signed admin mutation',
  against: 'the same transaction unsigned on a bare route',
  ours: 4.123456,
  reference: 2,
  unit: 'ms',
  ratio: 2.061728,
  budget: 3,
  notes: ['7 paired runs'],
};

describe('the line for programs', () => {
  it('has exactly the fields of the specification, in its order', () => {
    expect(jsonLine(result)).toBe(
      '{"id":"P3","ours":4.123,"reference":2,"unit":"ms","ratio":2.062,"budget":3,"met":true}',
    );
  });

  it('says when a budget is not met', () => {
    expect(JSON.parse(jsonLine({ ...result, ratio: 3.001 }))).toMatchObject({ met: false });
    expect(JSON.parse(jsonLine({ ...result, ratio: 3 }))).toMatchObject({ met: true });
  });
});

describe('a rate', () => {
  it('is met by a ratio of at least its budget', () => {
    const rate: Result = { ...result, unit: 'req/s', budget: 1, rate: true };
    const met = [0.99, 1, 2].map((ratio) => JSON.parse(jsonLine({ ...rate, ratio })).met);
    expect(met).toEqual([false, true, true]);
  });
});

describe('the table for people', () => {
  it('lines its columns up and explains each row', () => {
    const long = { ...result, id: 'P3.p99', ours: 12.5, reference: 25, ratio: 12.5, budget: 1 };
    expect(table([result, long]).split('\n')).toEqual([
      'row        ours  reference   ratio  budget',
      'P3       4.1 ms     2.0 ms   2.06x   <= 3x      met',
      'P3.p99  12.5 ms    25.0 ms  12.50x   <= 1x  NOT MET',
      '',
      'P3: signed admin mutation, against the same transaction unsigned on a bare route; 7 paired runs',
      'P3.p99: signed admin mutation, against the same transaction unsigned on a bare route; 7 paired runs',
    ]);
  });
});

describe('the arguments', () => {
  it('name rows in any case; none means all', () => {
    const rows = [...Array.from({ length: 12 }, (_, i) => `P${i + 1}`), 'LOGIN'];
    expect(parseOptions([])).toEqual({ rows, json: false, runs: 7, entries: null, seconds: null });
    expect(parseOptions(['p3', '--json', '--runs', '5'])).toEqual({
      ...{ rows: ['P3'], json: true },
      ...{ runs: 5, entries: null, seconds: null },
    });
    expect(parseOptions(['p5', '--entries', '20000'])).toMatchObject({ rows: ['P5'], entries: 20_000 });
    expect(parseOptions(['p6', '--seconds', '10'])).toMatchObject({ rows: ['P6'], seconds: 10 });
  });

  it.each([
    [['P99']],
    [['--runs', '4']],
    [['--runs', '5.5']],
    [['--runs', '101']],
    [['--entries', '9']],
    [['--seconds', '4']],
    [['--xml']],
  ])('refuse %j', (argv) => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
  });
});
