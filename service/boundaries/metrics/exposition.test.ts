import { describe, expect, it } from 'vitest';
import { PROBE_IDS } from '../../../shared/boundaries/controls.ts';
import { Tally } from '../webhook/tally.ts';
import { expositionOf } from './exposition.ts';
import { familiesOf, type MetricFacts } from './families.ts';

const FACTS: MetricFacts = {
  startedAt: new Date('2030-01-01T00:00:00.000Z'),
  residentBytes: 1_000,
  traffic: {
    ...{ requests: 9, refusedCredentials: 2, refusedLimits: 1, failures: 0 },
    ...{ perSecond: 1, refusedShare: 0, failuresLastMinute: 0, p95Ms: 12.5 },
  },
  database: { reachable: true, queries: 9, errors: 0, p50Ms: 1, p95Ms: 2, idle: 3, waiting: 0 },
  limiter: 'process',
  boundaries: [{ id: 'client-api', state: 'healthy' }],
  ledger: { size: 20, root: 'a'.repeat(64), pending: 1, oldestPendingMs: 250, lastIntegratedAt: null },
  frozen: false,
  firing: new Map([['canary-used', 2]]),
  incidents: new Map([['open', 1]]),
  webhook: {
    calls: new Tally().calls(),
    outbox: { backlog: 2, dead: 1, oldestMs: 1_500, failing: true },
  },
  outcomes: [
    { probe: PROBE_IDS[0] ?? '', outcome: 'held', evidence: 'x', duration_ms: 1, at: new Date(5_000) },
    { probe: 'gone-by-now', outcome: 'held', evidence: 'x', duration_ms: 1, at: new Date(5_000) },
  ],
};
const text = (change: Partial<MetricFacts> = {}, open = true) =>
  expositionOf(familiesOf({ ...FACTS, ...change }), open);

const SAMPLE = /^([a-z0-9_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\[\\n"])*",?)+)\})? (-?[\d.e+-]+)$/;

describe('the exposition of metrics', () => {
  it('is OpenMetrics: each family once and whole, told before its samples, units in names, and an end', () => {
    const lines = text().trimEnd().split('\n');
    expect(lines.at(-1)).toBe('# EOF');
    const families: string[] = [];
    let current = { name: '', type: '' };
    for (const line of lines.slice(0, -1)) {
      const [, what, name = '', rest = ''] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line) ?? [];
      if (what === 'HELP') families.push(name);
      if (what === 'TYPE') current = { name, type: rest };
      if (what === 'UNIT') expect(name.endsWith(`_${rest}`), name).toBe(true);
      if (what !== undefined) continue;
      const [, sample] = SAMPLE.exec(line) ?? [];
      expect(sample, line).toBe(current.type === 'counter' ? `${current.name}_total` : current.name);
    }
    expect(new Set(families).size).toBe(families.length);
    expect(families.every((name) => name.startsWith('sallyport_'))).toBe(true);
  });

  it('counts in base units, and has one sample for each state', () => {
    expect(text()).toContain('sallyport_answer_p95_seconds 0.0125\n');
    expect(text()).toContain('sallyport_ledger_oldest_pending_seconds 0.25\n');
    expect(text()).toContain('sallyport_requests_refused_total{reason="credential"} 2\n');
    expect(text()).toContain('sallyport_boundary_state{boundary="client-api",state="healthy"} 1\n');
    expect(text()).toContain('sallyport_boundary_state{boundary="client-api",state="failing"} 0\n');
    expect(text()).toContain('sallyport_alerts_firing{rule="canary-used",severity="1"} 2\n');
  });

  it('counts what became of each call of the webhook, and tells what waits', () => {
    const tally = new Tally();
    tally.note({ delivered: true, status: 204 }, false);
    tally.note({ delivered: false, error: 'timeout', status: null }, false);
    tally.note({ delivered: false, error: 'timeout', status: null }, true);
    const told = text({ webhook: { ...FACTS.webhook, calls: tally.calls() } });
    for (const sample of [
      ...['deliveries_total 1', 'failures_total{reason="timeout"} 2', 'failures_total{reason="status"} 0'],
      ...['given_up_total 1', 'messages{state="pending"} 2', 'messages{state="dead"} 1'],
      ...['oldest_pending_seconds 1.5', 'failing 1'],
    ])
      expect(told).toContain(`sallyport_webhook_${sample}\n`);
    const unset = { ...FACTS.webhook, outbox: { backlog: 0, dead: 0, oldestMs: 0, failing: null } };
    expect(text({ webhook: unset })).not.toMatch(/^sallyport_webhook_failing \d/m);
  });

  it('has the names and no end in the older format', () => {
    const old = text({}, false);
    expect(old).toContain('# TYPE sallyport_requests_total counter\nsallyport_requests_total 9\n');
    expect(old).not.toMatch(/# (?:EOF|UNIT)/);
  });

  it('says nothing of what nobody could ask, instead of nothing wrong', () => {
    const away = {
      ...{ ledger: null, frozen: null, firing: null, incidents: null, outcomes: null },
      database: { ...FACTS.database, reachable: false },
      webhook: { ...FACTS.webhook, outbox: null },
    };
    expect(text(away)).toContain('sallyport_database_up 0\n');
    expect(text(away)).not.toMatch(/^sallyport_(?:ledger|alerts_firing|incidents|spending_frozen|probe)/m);
    expect(text(away)).not.toMatch(/^sallyport_webhook_(?:messages|failing|oldest)/m);
    expect(text(away)).toContain('sallyport_webhook_deliveries_total 0\n');
  });

  it('has no label that a row of the database could make up', () => {
    expect(text()).not.toContain('gone-by-now');
    expect(text({ firing: new Map([['x"\n', 1]]) })).not.toContain('x\\"');
  });
});
