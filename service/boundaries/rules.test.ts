import { describe, expect, it } from 'vitest';
import {
  ANSWER_P95_ATTENTION_MS,
  apiDatabase,
  apiProvider,
  clientApi,
  type DatabaseFacts,
  type LedgerFacts,
  PENDING_ATTENTION_MS,
  PENDING_FAILING_MS,
  QUERY_P95_ATTENTION_MS,
  REFUSED_SHARE_ATTENTION,
  secretPersistence,
} from './rules.ts';
import { Traffic, type TrafficCounters } from './traffic.ts';

const traffic: TrafficCounters = {
  requests: 10,
  refusedCredentials: 0,
  refusedLimits: 0,
  failures: 0,
  perSecond: 1,
  refusedShare: 0,
  failuresLastMinute: 0,
  p95Ms: 5,
};
const db: DatabaseFacts = {
  reachable: true,
  queries: 100,
  errors: 0,
  p50Ms: 0.2,
  p95Ms: 0.5,
  idle: 1,
  waiting: 0,
};
const ledger: LedgerFacts = { size: 1, root: '', pending: 0, oldestPendingMs: 0, lastIntegratedAt: null };
const stored = {
  keys: { total: 2, active: 1, hashed: 2 },
  secrets: { total: 3, unreadable: 0 },
  open: [],
  checkedFiles: 3,
  dataDirSeen: true,
  scanUser: null,
};

describe('clientApi', () => {
  it.each([
    ['healthy', {}],
    ['idle', { requests: 0, perSecond: 0 }],
    ['attention', { failuresLastMinute: 1 }],
    ['attention', { p95Ms: ANSWER_P95_ATTENTION_MS + 1 }],
    ['attention', { refusedShare: REFUSED_SHARE_ATTENTION + 0.01 }],
    ['healthy', { refusedShare: 1, perSecond: 0.1 }],
  ] as const)('is %s for %j', (state, change) => {
    expect(clientApi({ ...traffic, ...change }, 'redis').state).toBe(state);
  });

  it('needs attention while the limiter counts without its Redis, and says so', () => {
    const degraded = clientApi(traffic, 'degraded');
    expect(degraded.state).toBe('attention');
    expect(degraded.reasons).toEqual([expect.stringContaining('lost Redis')]);
    expect(clientApi(traffic, 'process').state).toBe('healthy');
  });
});

describe('apiDatabase', () => {
  it.each([
    ['healthy', {}, {}],
    ['failing', { reachable: false }, {}],
    ['attention', { waiting: 1 }, {}],
    ['attention', { p95Ms: QUERY_P95_ATTENTION_MS + 1 }, {}],
    ['healthy', { errors: 1 }, {}],
    ['attention', { errors: 2 }, {}],
    ['attention', {}, { oldestPendingMs: PENDING_ATTENTION_MS + 1 }],
    ['failing', {}, { oldestPendingMs: PENDING_FAILING_MS + 1 }],
  ] as const)('is %s for %j and %j', (state, facts, head) => {
    expect(apiDatabase({ ...db, ...facts }, { ...ledger, ...head }).state).toBe(state);
  });

  it('gives every reason, the worst first', () => {
    const { reasons } = apiDatabase({ ...db, reachable: false, waiting: 3 }, null);
    expect(reasons).toEqual(['The database does not answer.', '3 requests wait for a connection.']);
  });
});

describe('secretPersistence', () => {
  it.each([
    ['healthy', {}],
    ['failing', { keys: { total: 2, active: 1, hashed: 1 } }],
    ['failing', { open: ['postgres (0755)'] }],
    ['failing', { secrets: { total: 3, unreadable: 1 } }],
    ['healthy', { secrets: null }],
    ['attention', { keys: null }],
    ['attention', { dataDirSeen: false }],
  ] as const)('is %s for %j', (state, change) => {
    expect(secretPersistence({ ...stored, ...change }).state).toBe(state);
  });

  it.each([
    [null, 'which the scan plane runs as too', 0],
    ['sallyport-scans', 'the scan plane runs as another one, sallyport-scans', 1],
  ])('says whose user the scan plane is: %s', (scanUser, says, users) => {
    const { reasons, signals } = secretPersistence({ ...stored, scanUser });
    expect(reasons).toEqual([expect.stringContaining(says)]);
    expect(signals.find(({ name }) => name === 'scan-plane-users')?.value).toBe(users);
  });
});

describe('the way to providers', () => {
  const facts = { began: 9, settled: 8, voided: 1, abandoned: 0, lost: 0 };

  it.each([
    ['healthy', {}],
    ['idle', { began: 0, settled: 0, voided: 0 }],
    ['attention', { lost: 1 }],
    ['attention', { abandoned: 1 }],
    ['attention', { settled: 2, voided: 3 }],
    // Too few to say anything.
    ['healthy', { settled: 1, voided: 3 }],
  ] as const)('is %s for %j', (state, change) => {
    expect(apiProvider({ ...facts, ...change }).state).toBe(state);
  });

  it('is not called quiet when nobody could count', () => {
    expect(apiProvider(null)).toMatchObject({
      state: 'attention',
      reasons: ['What went to providers cannot be counted now.'],
    });
  });
});

describe('Traffic', () => {
  it('counts the last minute, and forgets what is older', () => {
    let now = 0;
    const counted = new Traffic(() => now);
    const note = (status: number, milliseconds: number | null, error: string | null = null) =>
      counted.note({ status, milliseconds, error });
    for (let i = 1; i <= 20; i += 1) note(200, i);
    note(401, 1, 'unauthorized');
    note(403, 1, 'wrong_family');
    note(403, 1, 'forbidden');
    note(429, 1, 'rate_limited');
    note(500, 1, 'internal');
    note(200, null);
    expect(counted.counters()).toMatchObject({
      requests: 26,
      refusedCredentials: 2,
      refusedLimits: 1,
      failures: 1,
      perSecond: 26 / 60,
      refusedShare: 3 / 26,
      p95Ms: 19,
    });
    now = 60_000;
    expect(counted.counters()).toMatchObject({ requests: 26, perSecond: 0, refusedShare: 0, p95Ms: 0 });
  });

  it('spans less than a minute when it is full, and says the true rate', () => {
    let now = 0;
    const counted = new Traffic(() => now);
    for (let i = 0; i < 10_000; i += 1) {
      now += 1;
      counted.note({ status: 200, milliseconds: 1, error: null });
    }
    expect(counted.counters().perSecond).toBeCloseTo(1_000, -1);
  });
});
