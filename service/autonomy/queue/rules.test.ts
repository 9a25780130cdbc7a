import { describe, expect, it } from 'vitest';
import { backoffOf, priorityOf, ranked, type TaskRow } from './rules.ts';

const NOW = new Date('2030-01-01T00:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

const taskOf = (change: Partial<TaskRow>): TaskRow => ({
  ...{ id: 'tsk', url: 'https://a.example/', host: 'a.example', session_id: 'pse', asset: 'mint' },
  ...{
    value: '5000',
    cost: '2000',
    freshness_seconds: 100,
    state: 'READY',
    paused_reason: null,
    failures: 0,
  },
  ...{ backoff_seconds: 0, last_error: null, last_fetched_at: ago(100), next_run_at: NOW, resumed_at: NOW },
  ...{ lease_expires_at: null, fence: '0', created_at: NOW, created_by: 'opr' },
  ...change,
});

describe('the backoff of a task', () => {
  it('doubles from a quarter of a minute and ends at a quarter of an hour', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(backoffOf)).toEqual([15, 30, 60, 120, 240, 480, 900, 900]);
    expect([0, 1_000_000].map(backoffOf)).toEqual([15, 900]);
  });
});

describe('the priority of a task', () => {
  it('is its gain when it has just become stale, and ten times that at most', () => {
    expect(priorityOf(taskOf({}), NOW)).toBe(3000n);
    expect(priorityOf(taskOf({ last_fetched_at: ago(50) }), NOW)).toBe(1500n);
    expect(priorityOf(taskOf({ last_fetched_at: ago(1_000_000) }), NOW)).toBe(30_000n);
    expect(priorityOf(taskOf({ last_fetched_at: null }), NOW)).toBe(30_000n);
  });

  it('is nothing after a clock was set back, never less', () => {
    expect(priorityOf(taskOf({ last_fetched_at: ago(-60) }), NOW)).toBe(0n);
  });

  it('puts the greater gain first, and of equals the longer wait', () => {
    const small = taskOf({ id: 'small', value: '2001' });
    const late = taskOf({ id: 'late', next_run_at: ago(60) });
    expect(ranked([small, taskOf({ id: 'new' }), late], NOW).map(({ id }) => id)).toEqual([
      'late',
      'new',
      'small',
    ]);
  });
});
