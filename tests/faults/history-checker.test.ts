import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { checkRecord, requireSound } from '../fixtures/history/check.ts';
import { type Fields, History } from '../fixtures/history/history.ts';

/** The checker of records, with anomalies planted in them: one that finds none has proved nothing. */
const balances = (...units: readonly number[]): Fields => ({
  rows: [
    { wallet: 'issuance', units: String(-100), mayOwe: true },
    ...units.map((n, i) => ({ wallet: `tmu_${i}`, units: String(n), mayOwe: false })),
  ],
});
const row = (key: string, units = 10, id = `trf_${key}`): Fields => ({ key, units: String(units), id });

interface Planted {
  readonly transfers?: readonly Fields[];
  readonly holds?: readonly Fields[];
  readonly middle?: Fields;
  readonly logs?: readonly (readonly string[])[];
  /** Told instead of `trf_b`. */
  readonly second?: string;
}

/** Two transfers that were acknowledged, one refused, one unknown; a hold that was posted; reads of balances and of the log. */
function record(planted: Planted = {}): History {
  const history = new History('planted', 1);
  history.note('auditor', 'balances', balances(60, 40));
  const send = (process: string, key: string) => history.invoke(process, 'transfer', { key, units: '10' });
  const [a, b, refused] = [send('1', 'a'), send('2', 'b'), send('3', 'refused')];
  send('4', 'unknown');
  a('ok', { id: 'trf_a', eventId: 'ent_a' });
  history.note('auditor', 'balances', planted.middle ?? balances(50, 50));
  history.note('auditor', 'log', { ids: ['ent_a'] });
  b('ok', { id: planted.second ?? 'trf_b', eventId: 'ent_b' });
  refused('fail');
  history.invoke('1', 'hold', { key: 'h', units: '5' })('ok', { id: 'hld_h' });
  history.invoke('1', 'end', { hold: 'hld_h', as: 'posted', units: '3' })('ok');
  for (const ids of planted.logs ?? [['ent_a', 'ent_b']]) history.note('auditor', 'log', { ids });
  history.note('auditor', 'transfers', { rows: planted.transfers ?? [row('a'), row('b')] });
  const held = { ...row('h', 5, 'hld_h'), state: 'posted', posted: '3' };
  history.note('auditor', 'holds', { rows: planted.holds ?? [held] });
  return history;
}

const found = (planted: Planted): string[] => checkRecord(record(planted).operations());

describe('a record', () => {
  it('in which all went well has no anomaly, whether what nobody knows happened or not', () => {
    expect(found({})).toEqual([]);
    expect(found({ transfers: [row('a'), row('b'), row('unknown')] })).toEqual([]);
  });

  it('survives being written and read; one that breaks off is refused', () => {
    const text = record({ middle: balances(50, 51) }).text();
    expect(checkRecord(History.parse(text).operations())).toEqual(found({ middle: balances(50, 51) }));
    expect(() => History.parse(text.split('\n').slice(0, -3).join('\n'))).toThrow(RangeError);
  });

  it('without the state at its end proves nothing, and that is an anomaly', () => {
    const history = new History('short', 1);
    history.invoke('1', 'transfer', { key: 'a', units: '1' })('ok', { id: 't', eventId: 'e' });
    expect(checkRecord(history.operations())).toEqual(['once: the record has no transfers']);
  });

  it('ends an operation once', () => {
    const end = new History('twice', 1).invoke('1', 'transfer');
    end('ok');
    expect(() => end('fail')).toThrow(RangeError);
  });
});

describe('a planted anomaly is found', () => {
  const held = (change: Fields): Fields => ({
    ...row('h', 5, 'hld_h'),
    state: 'posted',
    posted: '3',
    ...change,
  });
  it.each<[what: string, planted: Planted, said: RegExp]>([
    [
      'money that is made',
      { middle: balances(50, 51) },
      /^bank: the read at \d+ adds up to 1, the first one to 0$/,
    ],
    ['a wallet that owes', { middle: balances(-10, 110) }, /^bank: tmu_0 owes -10/],
    ['an acknowledged transfer that is lost', { transfers: [row('a')] }, /^once: transfer b .* is lost$/],
    [
      'a refused one that happened',
      { transfers: [row('a'), row('b'), row('refused')] },
      /was refused and happened$/,
    ],
    [
      'one that happened twice',
      { transfers: [row('a'), row('b'), row('b')] },
      /^once: transfer b happened twice$/,
    ],
    ['one of another amount', { transfers: [row('a', 11), row('b')] }, /asked for 10 and became 11$/],
    [
      'one under another id',
      { transfers: [row('a'), row('b', 10, 'trf_x')] },
      /was told trf_b and is trf_x$/,
    ],
    [
      'one that nobody asked for',
      { transfers: [row('a'), row('b'), row('z')] },
      /^once: nobody asked for transfer z$/,
    ],
    ['an unknown one of another amount', { transfers: [row('a'), row('b'), row('unknown', 9)] }, /became 9$/],
    [
      'a hold that ended otherwise',
      { holds: [held({ state: 'expired', posted: null })] },
      /posted at \d+ and is expired$/,
    ],
    ['a hold that posted otherwise', { holds: [held({ posted: '5' })] }, /posted with 3 and has 5$/],
    [
      'an entry that is lost',
      { logs: [['ent_a']] },
      /^append: transfer at \d+ was told the entry ent_b, which is lost$/,
    ],
    ['an entry that stands twice', { logs: [['ent_a', 'ent_b', 'ent_a']] }, /^append: ent_a stands 2 times/],
    [
      'a log that was reordered',
      { logs: [['ent_b', 'ent_a']] },
      /^append: number 0 was ent_a .* and is ent_b$/,
    ],
    ['a log with a hole', { logs: [['hole 0', 'ent_a', 'ent_b']] }, /^append: number 0 was ent_a/],
  ])('%s', (_what, planted, said) => {
    const anomalies = found(planted);
    expect(anomalies).toHaveLength(1);
    expect(anomalies[0]).toMatch(said);
  });

  it('one id for two transfers', () => {
    expect(found({ second: 'trf_a', transfers: [row('a'), row('b', 10, 'trf_a')] })).toEqual([
      expect.stringMatching(/^unique ids: transfer at \d+ and at \d+ are both trf_a$/),
    ]);
  });

  it('and fails its test with the seed and the file to judge again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-history-'));
    vi.stubEnv('SALLYPORT_ARTIFACTS', folder);
    try {
      const planted = { middle: balances(50, 51) };
      const failing = () => requireSound(record(planted), checkRecord);
      expect(failing).toThrow(/^seed 1: 1 anomalies, recorded in .*planted-seed-1-\d+\.jsonl\n {2}bank: /);
      const file = join(folder, 'histories', `planted-seed-1-${process.pid}.jsonl`);
      expect(checkRecord(History.parse(readFileSync(file, 'utf8')).operations())).toEqual(found(planted));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
