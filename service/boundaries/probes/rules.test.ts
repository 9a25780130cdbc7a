import { describe, expect, it } from 'vitest';
import { PROBE_INTERVAL_SECONDS, tileHealth } from '../../../shared/boundaries/health.ts';
import { apiProvider, withProbes } from '../rules.ts';
import {
  dueNow,
  FIRST_ROUND_MS,
  mayBegin,
  mayReport,
  ROUND_GRACE_MS,
  type RoundRow,
  toState,
} from './rules.ts';

const START = new Date('2030-01-01T00:00:00.000Z');
const later = (ms: number) => new Date(START.getTime() + ms);
const row = (change: Partial<RoundRow> = {}): RoundRow => ({
  ...{ id: 'prr_1', cause: 'schedule', scheduled_by: 'probes', scheduled_at: START },
  ...{ begun_at: null, finished_at: null, missed_at: null },
  ...change,
});

describe('dueNow', () => {
  const facts = { open: undefined, last: null, startedAt: START };
  it('schedules the first round once the service has run for a while, and the next ones by their interval', () => {
    expect(dueNow(facts, later(FIRST_ROUND_MS - 1))).toBe('nothing');
    expect(dueNow(facts, later(FIRST_ROUND_MS))).toBe('schedule');
    const last = later(FIRST_ROUND_MS);
    const next = FIRST_ROUND_MS + PROBE_INTERVAL_SECONDS * 1000;
    expect(dueNow({ ...facts, last }, later(next - 1))).toBe('nothing');
    expect(dueNow({ ...facts, last }, later(next))).toBe('schedule');
  });

  it('misses a round that nobody ran, and schedules no second one beside it', () => {
    const open = row();
    expect(dueNow({ ...facts, open }, later(ROUND_GRACE_MS))).toBe('nothing');
    expect(dueNow({ ...facts, open }, later(ROUND_GRACE_MS + 1))).toBe('miss');
  });
});

describe('a round', () => {
  it('begins while it is open, and is reported once it has begun', () => {
    expect([mayBegin(row()), mayReport(row())]).toEqual([true, false]);
    const running = row({ begun_at: START });
    expect([mayBegin(running), mayReport(running)]).toEqual([true, true]);
  });

  it.each([
    ['unknown', undefined],
    ['finished', row({ begun_at: START, finished_at: START })],
    ['missed', row({ missed_at: START })],
  ])('that is %s is neither begun nor reported', (_, found) => {
    expect([mayBegin(found), mayReport(found)]).toEqual([false, false]);
  });
});

it('outcomes of probes that are no more are left out', () => {
  const rows = [
    { probe: 'gone-by-now', outcome: 'broken', evidence: 'x', duration_ms: 1, at: START } as const,
  ];
  const state = toState(rows, [], START);
  expect(state.probes).toEqual([]);
  expect(state.tiles.some((tile) => tile.state === 'broken')).toBe(false);
});

it('one broken control fails its boundary, whatever is measured there', () => {
  const tiles = tileHealth([{ control: 'priced-models', state: 'broken' }]);
  const [boundary] = withProbes(
    [apiProvider({ began: 0, settled: 0, voided: 0, abandoned: 0, lost: 0 })],
    tiles,
  );
  expect(boundary).toMatchObject({ state: 'failing', probes: 'broken' });
  expect(boundary?.reasons).toEqual([expect.stringContaining('does not hold')]);
});
