import { describe, expect, it } from 'vitest';
import { CONSOLE_PROBE_IDS, CONTROLS, controlOf } from '../../../shared/boundaries/controls.ts';
import { type Outcome, STALE_AFTER_MS } from '../../../shared/boundaries/health.ts';
import type { ConsoleCheck } from '../../../shared/http/console-checks.ts';
import { toState } from '../probes/rules.ts';
import { type ConsoleRow, consolesOf, judgeConsole, ofAllConsoles } from './rules.ts';

const NOW = new Date('2026-11-21T12:00:00.000Z');
const STALE = new Date(NOW.getTime() - STALE_AFTER_MS - 1);
const ok = { status: 'ok', evidence: 'x' } as const;
const weak = { status: 'weak', evidence: 'y' } as const;
const check: ConsoleCheck = { packaged: true, keychain: ok, fuses: ok, sandbox: ok, durationMs: 3 };

const outcomes = (change: Partial<ConsoleCheck>, environment: 'development' | 'production' = 'production') =>
  Object.fromEntries(
    judgeConsole({ ...check, ...change }, environment).map(({ probe, outcome }) => [probe, outcome]),
  );

describe('a report of a console', () => {
  it('says something of each probe that consoles run', () => {
    expect(outcomes({})).toEqual(Object.fromEntries(CONSOLE_PROBE_IDS.map((probe) => [probe, 'held'])));
  });

  it.each([
    ['weak', 'broken'],
    ['failed', 'broken'],
    ['unknown', 'unavailable'],
  ] as const)('that calls a step %s makes its probe %s, and no other', (status, expected) => {
    const found = { status, evidence: 'x' };
    const held = { 'weak-keychain': 'held', 'missing-fuse': 'held', 'open-sandbox': 'held' };
    expect(outcomes({ keychain: found })).toEqual({ ...held, 'weak-keychain': expected });
    expect(outcomes({ fuses: found })).toEqual({ ...held, 'missing-fuse': expected });
    expect(outcomes({ sandbox: found })).toEqual({ ...held, 'open-sandbox': expected });
  });

  it('from its sources proves nothing of fuses in development, and is broken in production', () => {
    const sources = { packaged: false, fuses: weak, keychain: weak };
    expect(outcomes(sources, 'development')).toMatchObject({
      ...{ 'missing-fuse': 'unavailable', 'weak-keychain': 'broken' },
    });
    expect(outcomes(sources, 'production')).toMatchObject({ 'missing-fuse': 'broken' });
    expect(outcomes({ fuses: weak }, 'development')).toMatchObject({ 'missing-fuse': 'broken' });
  });
});

const row = (name: string, outcome: Outcome, at = NOW): ConsoleRow => ({
  ...{ probe: 'missing-fuse', outcome, evidence: 'what it saw', duration_ms: 1, at, name },
  operator_id: `opr_${name}`,
});
const said = (...rows: ConsoleRow[]) => {
  const [one] = ofAllConsoles(rows, NOW);
  return { outcome: one?.outcome, evidence: one?.evidence, at: one?.at };
};

describe('all consoles together', () => {
  it('are as weak as the weakest, which is named', () => {
    expect(said(row('Ada', 'held'), row('Bob', 'broken'))).toEqual({
      ...{ outcome: 'broken', evidence: 'Console of Bob: what it saw', at: NOW },
    });
  });

  it('hold when one that is open holds, though others are closed', () => {
    expect(said(row('Ada', 'held', STALE), row('Bob', 'held'))).toMatchObject({ outcome: 'held', at: NOW });
    expect(said(row('Ada', 'unavailable'), row('Bob', 'held'))).toMatchObject({ outcome: 'held' });
  });

  it('are not known when a weak one fell silent, whatever the others say', () => {
    const found = said(row('Ada', 'broken', STALE), row('Bob', 'held'));
    expect(found).toMatchObject({ outcome: 'broken', at: STALE });
    const state = toState(ofAllConsoles([row('Ada', 'broken', STALE), row('Bob', 'held')], NOW), [], NOW);
    expect(state.probes).toMatchObject([{ probe: 'missing-fuse', state: 'stale' }]);
  });

  it('are stale when all are closed, and untried when none ever spoke', () => {
    expect(said(row('Ada', 'held', STALE))).toMatchObject({ at: STALE });
    expect(ofAllConsoles([], NOW)).toEqual([]);
  });

  it('turn exactly the tiles of the control red', () => {
    const { tiles } = toState(ofAllConsoles([row('Ada', 'broken')], NOW), [], NOW);
    expect(tiles.filter(({ state }) => state === 'broken').map(({ tile }) => tile)).toEqual(
      CONTROLS[controlOf('missing-fuse')].tiles,
    );
  });
});

describe('the list of consoles', () => {
  const owners = ['Ada', 'Bob', 'Cyd', 'Dan', 'Eve'].map((name) => ({
    ...{ id: `opr_${name}`, name, role: 'reviewer' as const },
  }));
  const listed = (...rows: ConsoleRow[]) =>
    consolesOf(owners, rows, NOW).map(({ name, state, reportedAt }) => [name, state, reportedAt]);

  it('has each by itself, the worst first: a weak one that fell silent before one that was well', () => {
    const rows = [
      ...[row('Ada', 'held'), row('Bob', 'held', STALE), row('Cyd', 'broken', STALE)],
      row('Dan', 'broken'),
    ];
    expect(listed(...rows)).toEqual([
      ['Dan', 'broken', NOW.toISOString()],
      ['Cyd', 'stale', STALE.toISOString()],
      ['Bob', 'stale', STALE.toISOString()],
      ['Eve', 'untried', null],
      ['Ada', 'held', NOW.toISOString()],
    ]);
  });

  it('shows what was weak though it is silent, and nothing of a probe that no longer is', () => {
    const old = { ...row('Cyd', 'held', STALE), probe: 'weak-modem' };
    const [cyd] = consolesOf(owners, [row('Cyd', 'broken', STALE), old], NOW);
    expect(cyd?.found).toEqual([
      expect.objectContaining({ probe: 'missing-fuse', outcome: 'broken', state: 'stale' }),
    ]);
    expect(listed(old)[0]).toEqual(['Ada', 'untried', null]);
    // A console that said nothing of what is probed now has not reported: no state without its time, and no time without a state.
    const later = { ...old, at: NOW };
    expect(listed(later)).toContainEqual(['Cyd', 'untried', null]);
    expect(listed(later, row('Cyd', 'held', STALE))).toContainEqual(['Cyd', 'stale', STALE.toISOString()]);
  });
});
