import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type SessionAct, type SessionFacts, stateAt, toPayerSession } from './rules.ts';

const T0 = Date.parse('2030-01-01T00:00:00.000Z');
const at = (seconds: number) => new Date(T0 + seconds * 1000);

const fresh = (allowance = 3, seconds = 3600): SessionFacts => ({
  state: 'ACTIVE',
  signatureAllowance: allowance,
  signaturesUsed: 0,
  expiresAt: at(seconds),
});

const act: fc.Arbitrary<SessionAct> = fc.oneof(
  fc.constant<SessionAct>({ act: 'increment' }),
  fc.constant<SessionAct>({ act: 'revoke' }),
  fc.integer({ min: 1, max: 100 }).map((seconds): SessionAct => ({ act: 'refresh', seconds })),
);

/** Acts with the seconds that pass before each, of several callers in any order. */
const steps = fc.array(fc.record({ act, wait: fc.integer({ min: 0, max: 60 }) }), { maxLength: 40 });

describe('a payer session, in every order of increment, refresh, revoke and time', () => {
  it('never signs again once it has ended, and never more often than allowed', () => {
    const session = fc.record({
      allowance: fc.integer({ min: 1, max: 5 }),
      seconds: fc.integer({ min: 1, max: 120 }),
    });
    fc.assert(
      fc.property(session, steps, ({ allowance, seconds }, order) => {
        let facts = fresh(allowance, seconds);
        let now = 0;
        let signed = 0;
        let ended = false;
        for (const step of order) {
          now += step.wait;
          const verdict = decide(facts, step.act, at(now));
          if (stateAt(facts, at(now)) !== 'ACTIVE') ended = true;
          // The one thing that must never happen: something is granted after the end.
          expect(verdict.ok).toBe(!ended);
          if (!verdict.ok) {
            expect(verdict.state).toBe(stateAt(facts, at(now)));
            // What the service does at a refusal: an expiry is written down.
            facts = { ...facts, state: verdict.state };
            continue;
          }
          if (step.act.act === 'increment') signed += 1;
          facts = verdict.next;
          if (facts.state !== 'ACTIVE') ended = true;
          expect(facts.signaturesUsed).toBe(signed);
          expect(facts.signatureAllowance).toBe(allowance);
        }
        expect(signed).toBeLessThanOrEqual(allowance);
        expect(facts.state === 'EXHAUSTED').toBe(signed === allowance);
      }),
      { numRuns: 2000 },
    );
  });

  it('stays ended when the clock goes back after its end was written', () => {
    const expired = decide(fresh(3, 10), { act: 'increment' }, at(10));
    expect(expired).toEqual({ ok: false, state: 'EXPIRED' });
    const written: SessionFacts = { ...fresh(3, 10), state: 'EXPIRED' };
    expect(decide(written, { act: 'increment' }, at(0))).toEqual({ ok: false, state: 'EXPIRED' });
    expect(decide(written, { act: 'refresh', seconds: 60 }, at(0))).toEqual({ ok: false, state: 'EXPIRED' });
  });

  it('signs exactly as often as allowed and lives exactly as long as told', () => {
    let facts = fresh(2, 10);
    for (const state of ['ACTIVE', 'EXHAUSTED'] as const) {
      const verdict = decide(facts, { act: 'increment' }, at(9));
      expect(verdict).toMatchObject({ ok: true, next: { state } });
      if (verdict.ok) facts = verdict.next;
    }
    expect(decide(facts, { act: 'revoke' }, at(9))).toEqual({ ok: false, state: 'EXHAUSTED' });
    expect(decide(fresh(1, 10), { act: 'increment' }, at(9.999))).toMatchObject({ ok: true });
  });

  it('keeps its allowance through a refresh', () => {
    const used = { ...fresh(3, 110), signaturesUsed: 2 };
    const refreshed = decide(used, { act: 'refresh', seconds: 60 }, at(100));
    expect(refreshed).toEqual({ ok: true, next: { ...used, expiresAt: at(160) } });
  });

  it('loses no time by a refresh', () => {
    expect(decide(fresh(3, 3600), { act: 'refresh', seconds: 60 }, at(0))).toEqual({
      ok: true,
      next: fresh(),
    });
  });
});

describe('a payer session as it is shown', () => {
  const row = {
    id: 'pse_0',
    purpose: 'crawl',
    key_generation: 1,
    payer_key: Buffer.alloc(32, 1),
    state: 'ACTIVE' as const,
    signature_allowance: 3,
    signatures_used: 0,
    issued_at: at(0),
    issued_by: 'opr_0',
    expires_at: at(10),
    refreshed_at: null,
    last_signed_at: null,
    ended_at: null,
    ended_reason: null,
  };

  it('has expired at its time, whether or not that was written yet', () => {
    expect(toPayerSession(row, at(9))).toMatchObject({ state: 'ACTIVE', endedAt: null });
    expect(toPayerSession(row, at(10))).toMatchObject({ state: 'EXPIRED', endedAt: at(10).toISOString() });
  });
});
