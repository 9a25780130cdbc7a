import { describe, expect, it } from 'vitest';
import { CONTROL_IDS, CONTROLS, PROBE_IDS } from '../../../shared/boundaries/controls.ts';
import { readCsvRow } from '../../../shared/ledger/csv.ts';
import { markdownOf } from '../document/markdown.ts';
import { asvsCsv, asvsDocument, asvsRows } from './evidence.ts';

const AT = '2030-01-02T03:04:05.000Z';
const [probe = 'unknown-key'] = PROBE_IDS;
const found = {
  ...({ probe, outcome: 'broken', state: 'broken', durationMs: 4, at: AT } as const),
  evidence: '=cmd() | <b>let through</b>',
};
const rows = asvsRows({ probes: [found] });

describe('evidence for OWASP ASVS', () => {
  it('has a row for each requirement of each control and each of its probes, as the standard numbers them', () => {
    const expected = CONTROL_IDS.map(
      (id) => CONTROLS[id].asvs.length * Object.keys(CONTROLS[id].probes).length,
    );
    expect(rows).toHaveLength(expected.reduce((sum, one) => sum + one, 0));
    expect(new Set(rows.map((row) => row.probe))).toEqual(new Set(PROBE_IDS));
    const places = rows.map(({ requirement }) =>
      requirement
        .slice('v4.0.3-'.length)
        .split('.')
        .map((part) => part.padStart(3, '0'))
        .join('.'),
    );
    expect(places).toEqual([...places].sort());
  });

  it('says what was seen last and when, and that a probe never ran', () => {
    for (const row of rows)
      expect(row).toMatchObject(
        row.probe === probe
          ? { state: 'broken', last: { at: AT, outcome: 'broken' } }
          : { state: 'untried', last: null },
      );
  });

  it('as CSV is no formula and is read back; as Markdown is no markup', () => {
    const lines = asvsCsv(rows).split('\r\n').slice(0, -1).map(readCsvRow);
    expect(lines).not.toContain(null);
    expect(lines.find((line) => line?.[3] === probe)?.slice(5)).toEqual([
      'broken',
      'broken',
      AT,
      found.evidence,
    ]);
    expect(asvsCsv(rows)).not.toContain('"=cmd');
    const text = markdownOf(asvsDocument(rows, new Date(AT)));
    expect(text).toContain('` =cmd() \\u{7c} <b>let through</b> `');
    expect(text).toContain('no assessment');
  });
});
