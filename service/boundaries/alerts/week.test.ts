import { describe, expect, it } from 'vitest';
import { rankOf } from '../incidents/rules.ts';
import { ALERT_RULES, ruleOf } from './catalogue.ts';
import { Replay } from './replay.ts';
import type { ReadEntry } from './rules.ts';

const START = Date.parse('2030-01-07T00:00:00.000Z');
const MINUTE = 60_000;
const HOURS = 60;
const DAY = 24 * HOURS;
const WEEK = 7 * DAY;

/** Kind, minutes after the start, data, agent. */
type Told = readonly [kind: string, minutes: number, data: Record<string, unknown>, agent?: string];

const times = (count: number, one: (i: number) => Told): Told[] =>
  Array.from({ length: count }, (_, i) => one(i));
const refusals = (minutes: number, reason: string, count: number): Told => [
  ...(['auth.refusals', minutes] as const),
  {
    minute: new Date(START + (minutes - 1) * MINUTE).toISOString(),
    reason,
    plane: 'public',
    count,
    subjects: 1,
  },
];
const opened = (minutes: number, accountId: string): Told => ['session.opened', minutes, { accountId }];
const settled = (minutes: number, keyId: string, cost: string): Told => [
  ...(['generation.settled', minutes] as const),
  { keyId, cost },
];
const reviewed = (minutes: number, claimId: string, agent: string, verdict: string): Told => [
  ...(['review.decided', minutes, { claimId, verdict }, agent] as const),
];
const used = (minutes: number, action: string, canary = false): Told => [
  ...(['vault.secret-used', minutes, { keyId: 'opk_ada', action, canary }] as const),
];
const fetched = (minutes: number, exportId: string): Told => ['mint.export-opened', minutes, { exportId }];
const probed = (minutes: number): Told => ['probe.ran', minutes, { held: 38, broken: 0 }];

/** People log in, forget passwords, spend as they always do, disagree in reviews, fetch their files; probes run. */
function normal(until: number, probesUntil = until): Told[] {
  const every = (minutes: number, one: (at: number, i: number) => Told[], end = until) =>
    Array.from({ length: Math.floor(end / minutes) }, (_, i) => one((i + 1) * minutes, i)).flat();
  return [
    ...every(15, (at) => [probed(at)], probesUntil),
    ...every(30, (at, i) => [
      opened(at, `acc_${i % 12}`),
      refusals(at, 'unauthorized', 8 + (i % 30)),
      ['auth.sources', at, { sources: [{ subject: `src_${i % 9}`, failures: 3 + (i % 60) }], more: 0 }],
    ]),
    ...every(60, (at, i) => [
      ...[0, 1, 2].map((k) => settled(at, `key_${k}`, `${2 + ((i + k) % 3)}.00000000`)),
      refusals(at, 'spoofed_address', 1 + (i % 4)),
      ['session.refreshed', at, { accountId: `acc_${i % 12}` }],
    ]),
    ...every(6 * HOURS, (at, i) => [
      reviewed(at, `clm_${i}`, 'agt_a', i % 3 === 0 ? 'rejected' : 'approved'),
      reviewed(at, `clm_${i}`, 'agt_b', i % 3 === 1 ? 'rejected' : 'approved'),
      ...['unlock', 'copy', 'reveal'].map((action) => used(at, action)),
      ...times(2, (k) => fetched(at + k, `exp_${i}`)),
    ]),
  ];
}

interface Scene {
  readonly attack: string;
  readonly rule: string;
  readonly subject: string;
  readonly gravity: readonly [asset: string, goal: string];
  readonly told: readonly Told[];
  /** From here on nobody hears of the probes. */
  readonly silentFrom?: number;
}

const at = (day: number, hour = 12): number => day * DAY + hour * HOURS;

const SCENES: readonly Scene[] = [
  {
    ...{ attack: 'credential stuffing', rule: 'authentication-failures', subject: 'src_evil' },
    gravity: ['control', 'impersonate'],
    told: [['auth.sources', at(0), { sources: [{ subject: 'src_evil', failures: 4_000 }], more: 0 }]],
  },
  {
    ...{ attack: 'stolen refresh token', rule: 'refresh-reuse', subject: 'acc_3' },
    gravity: ['control', 'impersonate'],
    told: [['session.reuse-detected', at(1), { accountId: 'acc_3' }]],
  },
  {
    ...{ attack: 'cost drain', rule: 'spend-spike', subject: 'key_1' },
    gravity: ['money', 'drain'],
    told: times(20, (i) => settled(at(2) + 1 + i, 'key_1', '1.00000000')),
  },
  {
    ...{ attack: 'reviewer ring', rule: 'reviewer-ring', subject: 'agt_x+agt_y' },
    gravity: ['money', 'drain'],
    told: times(6, (i) => reviewed(at(2) + i, `ring_${i}`, 'agt_x', 'approved')).flatMap((one, i) => [
      one,
      reviewed(at(2) + i, `ring_${i}`, 'agt_y', 'approved'),
    ]),
  },
  {
    ...{ attack: 'spoofed proxy', rule: 'spoofed-proxy', subject: '-' },
    gravity: ['control', 'impersonate'],
    told: [refusals(at(3), 'spoofed_address', 80)],
  },
  {
    ...{ attack: 'hostile paywall', rule: 'payment-refused', subject: 'tsk_1' },
    gravity: ['money', 'drain'],
    told: times(3, (i) => ['payer.payment-refused', at(3) + i, { taskId: 'tsk_1', reason: 'recipient' }]),
  },
  {
    ...{ attack: 'lying settlement', rule: 'settlement-disputed', subject: 'tsk_2' },
    gravity: ['money', 'drain'],
    told: [['payer.settlement-disputed', at(3), { taskId: 'tsk_2', reason: 'unknown' }]],
  },
  {
    ...{ attack: 'node of another network', rule: 'payer-wrong-network', subject: '-' },
    gravity: ['money', 'drain'],
    told: [['payer.paused', at(1), { cause: 'wrong-network' }]],
  },
  {
    ...{ attack: 'drained payer', rule: 'payer-balance-low', subject: '-' },
    gravity: ['money', 'disrupt'],
    told: [['payer.paused', at(4), { cause: 'low-balance' }]],
  },
  {
    ...{ attack: 'network cut', rule: 'payer-breaker-open', subject: 'rpc' },
    gravity: ['plain', 'disrupt'],
    told: [['payer.breaker-opened', at(5), { target: 'rpc', failures: 5 }]],
  },
  {
    ...{ attack: 'lifted flag', rule: 'flag-lifted', subject: 'flg_1' },
    gravity: ['money', 'drain'],
    told: [['flag.lifted', at(2), { flagId: 'flg_1' }]],
  },
  {
    ...{ attack: 'ledger edit', rule: 'ledger-verification', subject: '-' },
    gravity: ['control', 'corrupt'],
    told: [['ledger.quarantined', at(3), { count: 1, reasons: ['mac'] }]],
  },
  {
    ...{ attack: 'two histories', rule: 'ledger-fork', subject: 'f'.repeat(64) },
    gravity: ['control', 'corrupt'],
    told: [['ledger.fork-reported', at(5), { fork: 'f'.repeat(64), because: 'one-size-two-roots' }]],
  },
  {
    ...{ attack: 'mint by resolver', rule: 'probe-failed', subject: 'mint-by-resolver' },
    gravity: ['control', 'corrupt'],
    told: [['probe.failed', at(4), { probe: 'mint-by-resolver' }]],
  },
  {
    ...{ attack: 'export link leak', rule: 'export-link-leak', subject: 'exp_leaked' },
    gravity: ['ownership', 'impersonate'],
    told: times(5, (i) => fetched(at(4) + 0.5 * i, 'exp_leaked')),
  },
  {
    ...{ attack: 'replay', rule: 'signature-replay', subject: '-' },
    gravity: ['control', 'impersonate'],
    told: [refusals(at(5), 'signature_replayed', 1)],
  },
  {
    ...{ attack: 'silent stream', rule: 'stream-silent', subject: '-' },
    gravity: ['control', 'corrupt'],
    told: [],
    silentFrom: at(6),
  },
  {
    ...{ attack: 'key reveal', rule: 'vault-canary', subject: 'opk_ada' },
    gravity: ['control', 'impersonate'],
    told: [used(at(5), 'reveal', true)],
  },
  {
    ...{ attack: 'limiter outage', rule: 'limiter-degraded', subject: 'out_1' },
    gravity: ['plain', 'disrupt'],
    told: [['limit.degraded', at(6), { outageId: 'out_1' }]],
  },
];

const inOrder = (told: readonly Told[]): ReadEntry[] =>
  [...told]
    .sort(([, a], [, b]) => a - b)
    .map(([kind, minutes, data, agent = null], number) => ({
      ...{ kind, data, number, agent, actor: { id: agent ?? 'system' } },
      at: new Date(START + minutes * MINUTE).toISOString(),
    }));

/** Everything that any rule raises, in the words of its rule and subject. */
async function raisedBy(told: readonly Told[]): Promise<string[]> {
  const entries = inOrder(told);
  const raised: string[] = [];
  for (const rule of ALERT_RULES) {
    const replay = new Replay(rule);
    for (const entry of entries) await replay.entry(entry);
    await replay.moment(START + WEEK * MINUTE);
    raised.push(...replay.alerts().map(({ subject }) => `${rule.id} ${subject}`));
  }
  return raised.sort();
}

describe('a week', () => {
  it('of normal traffic raises nothing', async () => {
    expect(await raisedBy(normal(WEEK))).toEqual([]);
  });

  it('with nineteen attacks in it raises those nineteen alerts and no other', async () => {
    expect(SCENES).toHaveLength(19);
    const silentFrom = SCENES.flatMap((scene) => scene.silentFrom ?? [])[0];
    const told = [...normal(WEEK, silentFrom), ...SCENES.flatMap((scene) => scene.told)];
    expect(await raisedBy(told)).toEqual(SCENES.map(({ rule, subject }) => `${rule} ${subject}`).sort());
  });

  it.each(SCENES)('$attack alone raises $rule, about whom it is, and nothing else', async (scene) => {
    const told = [...normal(WEEK, scene.silentFrom), ...scene.told];
    expect(await raisedBy(told)).toEqual([`${scene.rule} ${scene.subject}`]);
    const rule = ruleOf(scene.rule);
    expect([rule?.asset, rule?.goal]).toEqual(scene.gravity);
  });

  it('ranks control before money, money before what belongs to others, and an outage last', () => {
    const rank = (attack: string): number => {
      const rule = ruleOf(SCENES.find((scene) => scene.attack === attack)?.rule ?? '');
      if (!rule) throw new RangeError(attack);
      return rankOf(rule);
    };
    const order = ['stolen refresh token', 'ledger edit', 'cost drain', 'export link leak', 'limiter outage'];
    expect(order.map(rank)).toEqual(order.map(rank).sort((a, b) => a - b));
  });
});
