import { describe, expect, it } from 'vitest';
import { isRouteId, routeOf } from '../../../shared/http/table.ts';
import { EVENT_KINDS } from '../../../shared/ledger/events.ts';
import { ALERT_RULES, ruleOf } from './catalogue.ts';
import { PlainMemory } from './memory.ts';
import { Replay } from './replay.ts';
import type { AlertRule } from './rule.ts';
import { judgeMoment, kindsOf, type ReadEntry } from './rules.ts';

const START = Date.parse('2030-01-01T00:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Recorded entries: kind, minutes after the start, data, and the agent who did it. */
type Recorded = readonly [kind: string, minutes: number, data: Record<string, unknown>, agent?: string];

const toEntries = (recorded: readonly Recorded[]): ReadEntry[] =>
  recorded.map(([kind, minutes, data, agent = null], number) => ({
    ...{ kind, data, number, agent, actor: { id: agent ?? 'system' } },
    at: new Date(START + minutes * MINUTE).toISOString(),
  }));

const rule = (id: string): AlertRule => {
  const found = ruleOf(id);
  if (!found) throw new RangeError(id);
  return found;
};

async function replayed(id: string, recorded: readonly Recorded[], untilMinutes?: number) {
  const replay = new Replay(rule(id));
  for (const entry of toEntries(recorded)) await replay.entry(entry);
  if (untilMinutes !== undefined) await replay.moment(START + untilMinutes * MINUTE);
  return replay.alerts();
}

const subjects = async (id: string, recorded: readonly Recorded[]) =>
  (await replayed(id, recorded)).map(({ subject }) => subject);

const times = (count: number, one: (i: number) => Recorded): Recorded[] =>
  Array.from({ length: count }, (_, i) => one(i));

describe('the catalogue', () => {
  it.each(ALERT_RULES)('$id names steps that are signed actions of the route table', ({ steps }) => {
    for (const { route } of steps) {
      expect(isRouteId(route), route).toBe(true);
      if (isRouteId(route)) expect(routeOf(route).policy.signed, route).not.toBe('no');
    }
  });

  /** Kinds of rooms that are built beside this one; everything else must be in the table of events. */
  const ELSEWHERE = /^(probe|review)\./;

  it.each(ALERT_RULES)('$id reads kinds that exist, and none that alerts write', (one) => {
    for (const kind of kindsOf(one)) {
      expect(kind).not.toMatch(/^(alert|incident)\./);
      if (!ELSEWHERE.test(kind)) expect(EVENT_KINDS).toContain(kind);
    }
  });

  it('has no two rules of one name', () => {
    expect(new Set(ALERT_RULES.map(({ id }) => id)).size).toBe(ALERT_RULES.length);
  });
});

describe('authentication failures of one address', () => {
  const sources = (failures: number, subject = 'a'): Record<string, unknown> => ({
    sources: [{ subject, failures }],
  });

  it('ring above a hundred in five minutes, not at a hundred', async () => {
    expect(await subjects('authentication-failures', [['auth.sources', 5, sources(100)]])).toEqual([]);
    expect(await subjects('authentication-failures', [['auth.sources', 5, sources(101)]])).toEqual(['a']);
  });

  it('are one alert for each address, and quiet five minutes after the last', async () => {
    const recorded: Recorded[] = [
      [
        'auth.sources',
        5,
        {
          sources: [
            { subject: 'a', failures: 300 },
            { subject: 'b', failures: 101 },
          ],
        },
      ],
      ['auth.sources', 6, sources(280)],
    ];
    const alerts = await replayed('authentication-failures', recorded, 12);
    expect(alerts.map(({ subject, occurrences }) => [subject, occurrences])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(alerts.every(({ quietAt }) => quietAt !== null)).toBe(true);
  });
});

describe('sessions of one account', () => {
  const opened = (i: number, apart: number, accountId = 'acc'): Recorded => [
    'session.opened',
    i * apart,
    { accountId },
  ];

  it('ring with the twenty-first of an hour, once', async () => {
    expect(
      await replayed(
        'session-storm',
        times(20, (i) => opened(i, 1)),
      ),
    ).toEqual([]);
    const [alert, ...more] = await replayed(
      'session-storm',
      times(40, (i) => opened(i, 1)),
    );
    expect(more).toEqual([]);
    expect([alert?.subject, alert?.occurrences, alert?.entries[0]]).toEqual(['acc', 20, 20]);
  });

  it('of many accounts, or over many hours, do not', async () => {
    expect(
      await replayed(
        'session-storm',
        times(200, (i) => opened(i, 0.1, `acc${i % 20}`)),
      ),
    ).toEqual([]);
    expect(
      await replayed(
        'session-storm',
        times(100, (i) => opened(i, 3.1)),
      ),
    ).toEqual([]);
  });

  it('are quiet only when half as many are left, so that an alert does not flicker', async () => {
    const storm = times(21, (i) => opened(i, 0.1));
    const [still] = await replayed('session-storm', storm, 59);
    expect(still?.quietAt).toBeNull();
    const [over] = await replayed('session-storm', storm, 63);
    expect(over?.quietAt).not.toBeNull();
  });
});

describe('spending against the baseline of a key', () => {
  const settled = (minutes: number, cost: string, keyId = 'key'): Recorded => [
    ...(['generation.settled', minutes] as const),
    { keyId, cost },
  ];
  const day = times(12, (i) => settled(i * 60 + 5, '1.00000000'));

  it('rings above three times the hourly mean, with what it was compared with', async () => {
    const [alert] = await replayed('spend-spike', [...day, settled(12 * 60 + 30, '3.50000000')]);
    expect([alert?.value, alert?.threshold]).toEqual(['350000000', '300000000']);
  });

  it('does not ring at three times, for a new key, or for a key that works once a day', async () => {
    expect(await replayed('spend-spike', [...day, settled(12 * 60 + 30, '3.00000000')])).toEqual([]);
    expect(await replayed('spend-spike', [settled(0, '1.00000000'), settled(70, '900.00000000')])).toEqual(
      [],
    );
    expect(
      await replayed(
        'spend-spike',
        times(9, (i) => settled(i * 24 * 60, '5.00000000')),
      ),
    ).toEqual([]);
  });

  it('does not take one key for another', async () => {
    expect(await replayed('spend-spike', [...day, settled(750, '3.50000000', 'other')])).toEqual([]);
  });
});

describe('reviewers who meet again and again', () => {
  const decided = (claim: number, who: string, decision: string): Recorded => [
    ...(['review.decided', claim * 10] as const),
    ...([{ claimId: `clm${claim}`, verdict: decision }, who] as const),
  ];
  const together = (claims: number, b: (i: number) => string): Recorded[] =>
    times(claims, (i) => decided(i, 'agtA', 'approved')).flatMap((one, i) => [one, decided(i, 'agtB', b(i))]);

  it('ring above four of five approvals together', async () => {
    expect(
      await subjects(
        'reviewer-ring',
        together(6, () => 'approved'),
      ),
    ).toEqual(['agtA+agtB']);
    expect(
      await subjects(
        'reviewer-ring',
        together(5, (i) => (i === 0 ? 'rejected' : 'approved')),
      ),
    ).toEqual([]);
  });

  it('do not ring before they have met five times, nor for a decision that is told twice', async () => {
    expect(
      await subjects(
        'reviewer-ring',
        together(4, () => 'approved'),
      ),
    ).toEqual([]);
    const again = times(9, () => decided(1, 'agtB', 'approved'));
    expect(await subjects('reviewer-ring', [decided(1, 'agtA', 'approved'), ...again])).toEqual([]);
  });
});

describe('what one entry says', () => {
  it.each([
    ['refresh-reuse', 'session.reuse-detected', { accountId: 'acc' }, 'acc'],
    ['cost-above-hold', 'generation.over-hold', { keyId: 'key', loss: '1.00000000' }, 'key'],
    ['ledger-verification', 'ledger.quarantined', { count: 1, reasons: ['mac'] }, '-'],
    ['limiter-degraded', 'limit.degraded', { outageId: 'out' }, 'out'],
    ['signature-replay', 'auth.refusals', { reason: 'signature_replayed' }, '-'],
    ['canary-used', 'canary.used', { canaryId: 'c1' }, 'c1'],
    ['provider-breaker-open', 'provider.breaker-opened', { provider: 'openai', failures: 5 }, 'openai'],
    ['payer-breaker-open', 'payer.breaker-opened', { target: 'rpc', failures: 5 }, 'rpc'],
    ['payer-balance-low', 'payer.paused', { cause: 'low-balance' }, '-'],
    ['payer-wrong-network', 'payer.paused', { cause: 'wrong-network' }, '-'],
    ['generation-abandoned', 'generation.abandoned', { provider: 'openai' }, 'openai'],
    ['probe-failed', 'probe.failed', { probe: 'p' }, 'p'],
    ['probe-failed', 'console.weak', { probe: 'p' }, 'p'],
    ['probe-off-schedule', 'probe.off_schedule', { what: 'missing' }, 'missing'],
  ] as const)('%s rings at once, and once', async (id, kind, data, subject) => {
    expect(
      await subjects(id, [
        [kind, 0, data],
        [kind, 1, data],
      ]),
    ).toEqual([subject]);
  });

  it.each([
    ['provider-breaker-open', 'provider.breaker-opened', 'provider.breaker-closed', { provider: 'openai' }],
    ['payer-breaker-open', 'payer.breaker-opened', 'payer.breaker-closed', { target: 'rpc' }],
    ['payer-balance-low', 'payer.paused', 'payer.resumed', { cause: 'low-balance' }],
  ] as const)('%s is over when it is over, not before', async (id, begins, ends, data) => {
    const begun: Recorded = [begins, 0, data];
    const elsewhere: Recorded = [ends, 1, { provider: 'anthropic', target: 'paywall.example' }];
    if (id !== 'payer-balance-low') expect((await replayed(id, [begun, elsewhere]))[0]?.quietAt).toBeNull();
    expect((await replayed(id, [begun, [ends, 2, data]]))[0]?.quietAt).not.toBeNull();
  });

  it('takes an operator’s own pause for no alert', async () => {
    const paused: Recorded = ['payer.paused', 0, { cause: 'operator', reason: 'maintenance' }];
    for (const id of ['payer-balance-low', 'payer-wrong-network'])
      expect(await subjects(id, [paused])).toEqual([]);
  });

  it('does not take another refusal for a replay', async () => {
    expect(await subjects('signature-replay', [['auth.refusals', 0, { reason: 'unauthorized' }]])).toEqual(
      [],
    );
  });

  it('ends an outage of the limiter with its own restoration only', async () => {
    const lost: Recorded = ['limit.degraded', 0, { outageId: 'one' }];
    const [going] = await replayed('limiter-degraded', [lost, ['limit.restored', 1, { outageId: 'two' }]]);
    expect(going?.quietAt).toBeNull();
    const [ended] = await replayed('limiter-degraded', [lost, ['limit.restored', 1, { outageId: 'one' }]]);
    expect(ended?.quietAt).not.toBeNull();
  });
});

describe('silence', () => {
  const heard = (minutes: number): Recorded => ['probe.ran', minutes, { held: 30 }];

  it('rings an hour after what was heard last, and ends with the next word', async () => {
    const alerts = await replayed('stream-silent', [heard(0), heard(30), heard(95)]);
    expect(alerts.map(({ subject, quietAt }) => [subject, quietAt !== null])).toEqual([['-', true]]);
    expect(await replayed('stream-silent', [heard(0), heard(30), heard(60)])).toEqual([]);
  });

  it('is no alert where nobody was ever heard', async () => {
    expect(await judgeMoment(rule('stream-silent'), [], START + HOUR, new PlainMemory(), null)).toEqual([]);
  });

  it('of the log itself is measured, and quiet again below a second', async () => {
    const log = rule('log-silent');
    const at = (pending: number, firing: boolean) =>
      judgeMoment(
        log,
        firing ? [{ subject: '-', lastAt: START, threshold: 5_000n }] : [],
        START,
        new PlainMemory(),
        { 'ledger-pending-ms': pending },
      );
    expect(await at(5_000, false)).toEqual([]);
    expect((await at(5_001, false)).map(({ firing }) => firing)).toEqual([true]);
    expect(await at(1_001, true)).toEqual([]);
    expect((await at(1_000, true)).map(({ firing }) => firing)).toEqual([false]);
  });
});
