import { describe, expect, it } from 'vitest';
import { markdownOf } from '../document/markdown.ts';
import { reportOf } from './document.ts';
import type { IncidentFacts } from './facts.ts';
import { momentsIn, spanOf } from './moments.ts';

const at = (minutes: number): string =>
  new Date(Date.parse('2030-07-01T22:30:00.000Z') + minutes * 60_000).toISOString();
const id = (prefix: string, n: number): string => `${prefix}_${String(n).padStart(26, '0')}`;

const ENTRY = {
  state: 'integrated',
  category: 'auth',
  ...{ agent: null, requestId: null, leafHash: 'a'.repeat(64) },
} as const;
const entries: IncidentFacts['timeline']['entries'] = [
  {
    ...ENTRY,
    ...({ id: id('evt', 1), number: 7, kind: 'session.reuse-detected', at: at(-1) } as const),
    actor: { type: 'system', id: 'api', name: null },
    data: { accountId: id('acc', 1) },
  },
  {
    ...ENTRY,
    ...({ id: id('evt', 2), number: 9, kind: 'containment.ordered', at: at(12) } as const),
    actor: { type: 'operator', id: id('opr', 1), name: 'Ada | <b>' },
    data: { reason: '[stolen](javascript:x)' },
  },
];

const FACTS: IncidentFacts = {
  incident: {
    ...{ id: id('inc', 1), title: 'A refresh token was used twice', asset: 'control', goal: 'impersonate' },
    ...{ severity: 2, rank: 2, state: 'contained', openedAt: at(0), lastAlertAt: at(0) },
    ...{ acknowledgedAt: at(12), containedAt: at(300), closedAt: null, alerts: 1, firing: 0 },
    clock: { acknowledgeBy: at(30), containBy: at(240), overdue: null },
  },
  alerts: [
    {
      ...{ id: id('alr', 1), incidentId: id('inc', 1), rule: 'refresh-reuse', title: 'Used twice' },
      ...{ subject: id('acc', 1), severity: 2, state: 'quiet', value: '1', threshold: '0', occurrences: 1 },
      ...{ firstAt: at(0), lastAt: at(0), quietAt: at(60), evidence: [7], heads: [] },
      ...{ acknowledgedAt: at(12), acknowledgedBy: 'Ada' },
    },
  ],
  notes: [],
  steps: [
    { route: 'containments.order', does: 'Contain it.' },
    { route: 'freeze.order', does: 'Stop all spending.' },
    { route: 'incidents.note', does: 'Write it down.' },
  ],
  containments: [],
  timeline: { entries, complete: true },
  checkpoint: {
    ...{ origin: 'sallyport-ledger/x', epoch: 1, size: 20, root: 'b'.repeat(64), note: 'sallyport\n20\n' },
    ...{ signedAt: at(301), state: 'self-attested', witnesses: [] },
  },
  at: new Date(at(400)),
};
const report = (change: Partial<IncidentFacts> = {}, zone = 'Europe/Berlin') =>
  markdownOf(reportOf({ ...FACTS, ...change }, zone));

describe('a post-incident report', () => {
  it('tells times in UTC and as the wall showed them, on another day where it was one', () => {
    expect(momentsIn('Europe/Berlin')(at(0))).toEqual({
      utc: '2030-07-01 22:30:00 UTC',
      local: '2030-07-02 00:30:00 GMT+2',
    });
    expect(report()).toContain('2030-07-01 22:30:00 UTC (2030-07-02 00:30:00 GMT+2)');
  });

  it('judges the severity clock by what was done, and when', () => {
    expect(report()).toMatch(/\| Acknowledge \|.*in time, 18 min before \|/);
    expect(report()).toMatch(/\| Contain \|.*late by 1 h \|/);
    const open = { ...FACTS.incident, state: 'open', acknowledgedAt: null, containedAt: null } as const;
    expect(report({ incident: open })).toMatch(/\| Contain \|.*\| – \| not done, late by 2 h 40 min \|/);
    expect(spanOf(90_061_000)).toBe('1 d 1 h');
  });

  it('lists every entry by its number, and what people did apart with who and why', () => {
    const text = report();
    const section = (title: string) => text.split(`## ${title}`)[1]?.split('\n## ')[0] ?? '';
    expect(section('Timeline').match(/^\| #\d+/gm)).toEqual(['| #7', '| #9']);
    expect(section('Actions').match(/^\| #\d+/gm)).toEqual(['| #9']);
    expect(section('Actions')).toContain('` Ada \\u{7c} <b> `');
    expect(section('Actions')).toContain('` [stolen](javascript:x) `');
  });

  it('leaves open what the records leave open, and nothing that they answer', () => {
    const text = report();
    expect(text).toContain('- [ ] It is not closed.');
    expect(text).toContain('Stop all spending. No entry of the timeline says that it was done.');
    expect(text).toContain('Write it down. No entry');
    expect(text).not.toContain('Contain it. No entry');
    expect(text).toContain('No witness has cosigned the head');
    const closed = { ...FACTS.incident, state: 'closed', closedAt: at(310) } as const;
    expect(report({ incident: closed })).not.toContain('It is not closed');
    expect(report({ timeline: { entries, complete: false } })).toContain('more entries than a report holds');
  });

  it('names the head, and the command that verifies it', () => {
    expect(report()).toContain('b'.repeat(64));
    expect(report()).toContain(`npm run -s verify -- sallyport-${id('inc', 1)}.evidence.jsonl --trust KEYS`);
  });

  it('says that nothing can be verified while nothing is signed, and what is newer than the head', () => {
    expect(report({ checkpoint: null })).toContain('nothing here can be verified');
    expect(report({ checkpoint: null })).not.toContain('npm run');
    const behind = FACTS.checkpoint && { ...FACTS.checkpoint, size: 9 };
    expect(report({ checkpoint: behind })).toContain('1 entries are newer than the signed head');
  });
});
