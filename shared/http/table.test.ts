import { describe, expect, it } from 'vitest';
import { EVENTS } from '../ledger/events.ts';
import { bearersOf } from './route.ts';
import { ROUTE_IDS, routeOf } from './table.ts';

const all = ROUTE_IDS.map((id) => ({ id, ...routeOf(id) }));
const mutations = all.filter((r) => r.effect === 'mutate');

describe('the route table', () => {
  it('has no two routes on one method and path', () => {
    const places = all.map((r) => `${r.method} ${r.path.replaceAll(/:[a-z]+/gi, ':')}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it.each(mutations)('$id stages an event', (route) => {
    expect(route.events.length).toBeGreaterThan(0);
  });

  it.each(mutations.filter((r) => r.plane === 'admin'))(
    '$id, of the admin plane, is signed, with a risk',
    (route) => {
      expect(route.policy.signed).not.toBe('no');
      expect(route.policy.unsignedBecause).toBeUndefined();
      expect(route.risk).toBeDefined();
    },
  );

  it.each(mutations.filter((r) => r.plane === 'public'))(
    '$id, of the public plane, says why nobody signs',
    (route) => {
      expect(route.policy.signed).toBe('no');
      expect(route.policy.unsignedBecause?.length).toBeGreaterThan(20);
      expect(bearersOf(route.policy)).not.toContain('admin');
      if (route.policy.countersigned) expect(route.risk).toBeDefined();
      else expect([route.risk, route.card]).toEqual([undefined, undefined]);
    },
  );

  it.each(all.filter((r) => r.policy.roles))(
    '$id is for roles of accounts, so it takes their session alone',
    (route) => {
      expect(route.policy.bearer).toBe('session');
    },
  );

  it.each(all.filter((r) => r.policy.agent))('$id is about an agent, so it takes a session', (route) => {
    expect(bearersOf(route.policy)).toContain('session');
  });

  it.each(all.filter((r) => r.idempotencyKey))(
    '$id asks for the Idempotency-Key that every signed mutation has anyway',
    (route) => {
      expect([route.effect, route.policy.signed]).toEqual(['mutate', 'no']);
    },
  );

  it.each(mutations.filter((r) => r.risk && r.risk.level !== 'routine'))('$id has a card', (route) => {
    expect(route.card).toBeDefined();
  });

  /** Their cards show the proposal itself, or, so far, an id and nothing else. */
  const UNNAMED = new Set([
    ...['proposals.approve', 'proposals.withdraw', 'operators.revoke', 'operators.changeRole'],
    ...['limits.raise', 'limits.lower', 'sessions.refresh', 'sessions.increment', 'sessions.revoke'],
  ]);

  it.each(mutations.filter((r) => r.card && r.params && !UNNAMED.has(r.id)))(
    '$id names what its path points to, in fields of its body that are required',
    ({ names = [], body }) => {
      expect(names.length).toBeGreaterThan(0);
      const given = body?.safeParse({});
      const missing = given?.error?.issues.map(({ path }) => path[0]);
      for (const name of names) expect(missing).toContain(name);
    },
  );
  // What is proposed is kept until a second person approves it: a secret must never wait there.
  it.each(all.filter((r) => r.risk?.level === 'critical'))('$id takes no secret', (route) => {
    expect(Object.keys(route.body?.shape ?? {})).not.toContain('material');
  });

  it.each(all.filter((r) => r.effect === 'read'))(
    '$id, a read, is neither signed nor writes events',
    (route) => {
      expect(route.policy.signed).toBe('no');
      expect(route.policy.unsignedBecause).toBeUndefined();
      expect(route.events).toEqual([]);
      expect(route.method).toBe(route.postBecause ? 'POST' : 'GET');
    },
  );

  it.each(all.filter((r) => r.plane === 'admin'))(
    '$id, on the admin plane, needs the admin token',
    (route) => {
      expect(route.policy.bearer).toBe('admin');
    },
  );

  it.each(all.filter((r) => r.reveals))('$id reveals only fields that its answers have', (route) => {
    const shapes = Object.values(route.answers).map((schema) =>
      JSON.stringify(Object.keys('shape' in schema ? (schema.shape as object) : {})),
    );
    for (const field of route.reveals ?? []) expect(shapes.some((s) => s.includes(`"${field}"`))).toBe(true);
  });

  it('declares parameters exactly where the path has them', () => {
    for (const route of all) {
      const inPath = [...route.path.matchAll(/:([a-z]+)/gi)].map((m) => m[1]);
      expect(Object.keys(route.params?.shape ?? {})).toEqual(inPath);
    }
  });
});

describe('the event table', () => {
  it('is written by some route or by the service itself', () => {
    const byRoutes = new Set(all.flatMap((r) => r.events));
    const bySystem = new Set([
      'service.started',
      'service.clock-moved',
      'auth.refusals',
      'limit.refusals',
      'ledger.quarantined',
      'ledger.verification-failed',
      'payer.key-changed',
      ...[
        'payer.payment-required',
        'payer.payment-refused',
        'payer.payment-intended',
        'payer.payment-signed',
      ],
      ...['payer.payment-settled', 'payer.payment-void', 'payer.settlement-disputed', 'payer.task-fetched'],
      ...['payer.task-failed', 'payer.breaker-opened', 'payer.breaker-closed'],
      'operator.recovery-issued',
      'proposal.expired',
      'limit.degraded',
      'limit.restored',
      // Rooms that spend stage these through the holds they open.
      'hold.opened',
      'hold.posted',
      'hold.voided',
      'hold.expired',
      'loss.booked',
      'generation.abandoned',
      'provider.breaker-opened',
      'provider.breaker-closed',
      'provider-secret.unreadable',
      'secret-root.settled',
      // The market draws, replaces and lapses by itself.
      'claim.lapsed',
      'review.pool-set',
      'review.drawn',
      'review.replaced',
      'auth.sources',
      'alert.raised',
      'canary.used',
      'alert.quieted',
      'webhook.failing',
      'incident.opened',
      // The worker's own.
      'mint.job-leased',
      'mint.tokens-minted',
      'mint.job-completed',
      'mint.job-failed',
      'mint.export-completed',
      'mint.export-failed',
      'mint.export-opened',
      'mint.export-downloaded',
      // The scan plane's two functions.
      'scans.recorded',
      'scan.activated',
    ]);
    for (const kind of Object.keys(EVENTS))
      expect(byRoutes.has(kind as keyof typeof EVENTS) || bySystem.has(kind)).toBe(true);
  });

  it('lets only fields that exist be withheld', () => {
    for (const { data, redactable } of Object.values(EVENTS)) {
      for (const field of redactable) expect(Object.keys(data.shape)).toContain(field);
    }
  });
});
