import { describe, expect, it } from 'vitest';
import { ALERT_RULES, ruleOf } from '../alerts/catalogue.ts';
import type { AlertRule } from '../alerts/rule.ts';
import { clockOf, graver, type IncidentRow, rankOf, requireForward, requireQuiet } from './rules.ts';

const row = (change: Partial<IncidentRow> = {}): IncidentRow => ({
  ...{ id: 'inc', title: 't', asset: 'control', goal: 'impersonate', severity: 1, rank: 1, state: 'open' },
  ...{ opened_at: new Date(0), last_alert_at: new Date(0) },
  ...{ acknowledged_at: null, contained_at: null, closed_at: null },
  ...change,
});

describe('the rank of an incident', () => {
  it('puts control before money before ownership before plain bugs, whatever the severity', () => {
    const order = (['control', 'money', 'ownership', 'plain'] as const).map((asset) =>
      rankOf({ asset, goal: 'disrupt', severity: asset === 'plain' ? 1 : 4 }),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('puts somebody else’s name before money before data, within one asset', () => {
    const order = (['impersonate', 'drain', 'corrupt', 'disrupt'] as const).map((goal) =>
      rankOf({ asset: 'money', goal, severity: 2 }),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('takes the graver of two, in either order', () => {
    const limiter = { asset: 'plain', goal: 'disrupt', severity: 3 } as const;
    const drain = { asset: 'money', goal: 'drain', severity: 3 } as const;
    expect([graver(limiter, drain), graver(drain, limiter)]).toEqual([drain, drain]);
  });

  it('puts a limiter outage after every other rule', () => {
    const ranked = [...ALERT_RULES].sort((a, b) => rankOf(a) - rankOf(b));
    expect(ranked.at(-1)?.id).toBe('limiter-degraded');
    expect(ranked[0]?.severity).toBe(1);
  });
});

describe('the clock of an incident', () => {
  const minutes = (n: number) => new Date(n * 60_000);

  it('is late for acknowledging first, and for containing in any case', () => {
    expect(clockOf(row(), minutes(15)).overdue).toBeNull();
    expect(clockOf(row(), minutes(16)).overdue).toBe('acknowledge');
    expect(clockOf(row({ state: 'acknowledged' }), minutes(16)).overdue).toBeNull();
    expect(clockOf(row({ state: 'acknowledged' }), minutes(61)).overdue).toBe('contain');
  });

  it('stops when it is contained', () => {
    expect(clockOf(row({ state: 'contained' }), minutes(9_999)).overdue).toBeNull();
  });
});

describe('the state of an incident', () => {
  it('goes forward by hand, and never back', () => {
    expect(() => requireForward('inc', 'open', 'contained')).not.toThrow();
    for (const [from, to] of [
      ['closed', 'acknowledged'],
      ['contained', 'contained'],
      ['contained', 'acknowledged'],
    ] as const)
      expect(() => requireForward('inc', from, to)).toThrow('already');
  });

  it('is not closed over alerts that ring unseen', () => {
    expect(() => requireQuiet('inc', 'closed', 1)).toThrow('look at them first');
    expect(() => requireQuiet('inc', 'closed', 0)).not.toThrow();
    expect(() => requireQuiet('inc', 'contained', 3)).not.toThrow();
  });
});

describe('the runbooks together', () => {
  it.each([
    ['revokes', ['keys.revoke', 'operators.revoke', 'containments.order']],
    ['rotates', ['ledger.rotateKey']],
    ['ends sessions', ['accounts.revoke-sessions']],
    ['stops spending', ['freeze.order']],
    ['freezes a wallet', ['wallets.freeze']],
    ['encrypts anew', ['secret-roots.rotate']],
    ['corrects by a transfer', ['treasury.transfer']],
  ])('hold one that %s', (_what, routes) => {
    const used = new Set(ALERT_RULES.flatMap(({ steps }) => steps.map(({ route }) => route)));
    expect(routes.filter((route) => !used.has(route))).toEqual([]);
  });

  it('freeze a wallet only where whoever the alert names pays', () => {
    const freezing = ALERT_RULES.filter(({ steps }) => steps.some(({ route }) => route === 'wallets.freeze'));
    const subjectOf = ({ detect }: AlertRule) => ('subject' in detect ? detect.subject : detect.type);
    expect(freezing.map((one) => [one.id, subjectOf(one)])).toEqual([
      ['refresh-reuse', 'accountId'],
      ['spend-spike', 'keyId'],
    ]);
    // The pair judges; whoever posts pays, and the claimant is paid: its bounty is on the screen of reviews.
    expect(ruleOf('reviewer-ring')?.steps[0]?.route).toBe('market.cancel');
  });
});
