import { describe, expect, it } from 'vitest';
import { reasonOf } from '../probes/principal.ts';
import { ALERT_RULES, ruleOf } from './catalogue.ts';
import { isExpected, type KnownProbes } from './expected.ts';
import type { AlertRule } from './rule.ts';
import type { Finding, ReadEntry } from './rules.ts';

const START = Date.parse('2030-01-01T00:00:00.000Z');
const SECOND = 1_000;
const PROBES: KnownProbes = {
  accounts: new Set(['acc_probe']),
  windows: [{ from: START, until: START + 30 * SECOND }],
};

const rule = (id: string): AlertRule => ruleOf(id) as AlertRule;
const entry = (data: ReadEntry['data'] = {}): ReadEntry => ({
  ...{ kind: 'k', data, number: 1, agent: null, actor: { id: 'x' } },
  at: new Date(START).toISOString(),
});
const finding = (subject: string, seconds: number, firing = true): Finding => ({
  ...{ subject, firing, at: START + seconds * SECOND, number: 1, value: 1n, threshold: 0n },
});

describe('what the probes do in a round', () => {
  it.each(['refresh-reuse', 'session-storm'])('%s of their account is no alert', (id) => {
    for (const seconds of [0, 15, 30])
      expect(isExpected(rule(id), finding('acc_probe', seconds), entry(), PROBES)).toBe(true);
  });

  it('is an alert before the round, after it, and when there is none', () => {
    for (const seconds of [-1, 31])
      expect(isExpected(rule('refresh-reuse'), finding('acc_probe', seconds), entry(), PROBES)).toBe(false);
    const idle = { ...PROBES, windows: [] };
    expect(isExpected(rule('refresh-reuse'), finding('acc_probe', 1), entry(), idle)).toBe(false);
  });

  it('is an alert about anybody else, however they are called', () => {
    for (const subject of ['acc_other', 'acc_probe ', 'ACC_PROBE', '-', 'attacker@probes.sallyport.invalid'])
      expect(isExpected(rule('refresh-reuse'), finding(subject, 1), entry(), PROBES)).toBe(false);
  });

  it('excuses no other rule', () => {
    const others = ALERT_RULES.filter(({ expected }) => expected === undefined);
    expect(others.length).toBe(ALERT_RULES.length - 3);
    for (const other of others)
      expect(isExpected(other, finding('acc_probe', 1), entry(), PROBES), other.id).toBe(false);
  });

  it('does not keep an alert from ceasing', () => {
    expect(isExpected(rule('refresh-reuse'), finding('acc_probe', 1, false), entry(), PROBES)).toBe(false);
  });
});

describe('a signature of the probes that comes twice', () => {
  const replayed = (minute: number) =>
    entry({ reason: 'probe_replayed', minute: new Date(START + minute * 60 * SECOND).toISOString() });
  const told = finding('-', 300);

  it('is judged by the minute that was counted, not by when it was told', () => {
    expect(isExpected(rule('probe-replay'), told, replayed(0), PROBES)).toBe(true);
    expect(isExpected(rule('probe-replay'), told, replayed(-1), PROBES)).toBe(false);
    expect(isExpected(rule('probe-replay'), told, replayed(1), PROBES)).toBe(false);
  });

  it('is theirs on their own routes only, and a person’s on every other', () => {
    const reason = (route: Parameters<typeof reasonOf>[0]['route'], error = 'signature_replayed') =>
      reasonOf({ route, error, spoofed: false });
    expect(reason('boundaries.beginRound')).toBe('probe_replayed');
    expect(reason('boundaries.beginRound', 'signature_expired')).toBe('signature_expired');
    expect([reason('keys.revoke'), reason('boundaries.probe'), reason(null)]).toEqual(
      Array(3).fill('signature_replayed'),
    );
  });
});

it('an address that nobody vouches for is a reason of its own, for whoever proved nothing else', () => {
  const reason = (error: string, spoofed: boolean) => reasonOf({ route: 'keys.list', error, spoofed });
  expect(reason('unauthorized', true)).toBe('spoofed_address');
  expect(reason('unauthorized', false)).toBe('unauthorized');
  expect(reason('signature_replayed', true)).toBe('signature_replayed');
});
