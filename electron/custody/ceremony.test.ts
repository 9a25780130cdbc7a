import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  abortNeeds,
  activeFingerprint,
  apply,
  type Ceremony,
  type CeremonyRecord,
  DEVNET_GENESIS,
  nextStep,
  STEPS,
  suppliedFingerprint,
} from './ceremony.ts';
import { CustodyError } from './custody-error.ts';

const NEW = { address: '4'.repeat(44), fingerprint: 'a'.repeat(64) };
const OLD = { address: '5'.repeat(44), fingerprint: 'b'.repeat(64), item: randomUUID() };
const TRANSACTION = '6'.repeat(88);

const evidence: Record<(typeof STEPS)[number], unknown> = {
  generated: { item: randomUUID(), wallet: NEW, former: OLD },
  sealed: { way: 'package', digest: 'd', recipient: 'age1' },
  imported: { fingerprint: NEW.fingerprint },
  hydrated: { fingerprint: NEW.fingerprint, sessionsRevoked: 2 },
  confirmed: { genesisHash: DEVNET_GENESIS, version: '2', balance: '5' },
  swept: { transactions: [TRANSACTION], remaining: '0', tokenAccounts: 0 },
  sunset: {
    proof: 'item-destroyed',
    retirement: { seen: 'by-hand', proposal: `prp_${'0'.repeat(26)}`, digest: 'd'.repeat(64) },
  },
  recorded: { changeLog: 'c'.repeat(64) },
};
const opened: CeremonyRecord = { type: 'opened', ceremony: randomUUID(), reason: 'quarterly', former: null };
const done = (step: (typeof STEPS)[number], given: unknown = evidence[step]): CeremonyRecord => ({
  type: 'done',
  step,
  evidence: given,
});
const aborted = (restored: string | null): CeremonyRecord => ({
  type: 'aborted',
  reason: 'changed our mind',
  restored,
});
const reached = (count: number): Ceremony =>
  STEPS.slice(0, count).reduce<Ceremony>((state, step) => apply(state, done(step)), apply(null, opened));
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'accepted';
  } catch (error) {
    return error instanceof CustodyError ? error.code : 'another error';
  }
};

describe('the ceremony', () => {
  it('goes through its steps in their order and then is over', () => {
    expect(nextStep(reached(0))).toBe('generated');
    expect(nextStep(reached(4))).toBe('confirmed');
    const whole = reached(STEPS.length);
    expect([nextStep(whole), whole.ended]).toEqual([null, 'recorded']);
    expect(codeOf(() => apply(whole, done('recorded')))).toBe('step-refused');
  });

  it('leaves out no step and repeats none', () => {
    for (const [at] of STEPS.entries())
      for (const [other, step] of STEPS.entries())
        expect(codeOf(() => apply(reached(at), done(step)))).toBe(other === at ? 'accepted' : 'step-refused');
  });

  it('believes no fingerprint but that of the new wallet', () => {
    for (const [count, step] of [
      [2, 'imported'],
      [3, 'hydrated'],
    ] as const) {
      const foreign = { ...(evidence[step] as object), fingerprint: OLD.fingerprint };
      expect(codeOf(() => apply(reached(count), done(step, foreign)))).toBe('step-refused');
    }
  });

  it('does not end the former wallet while anything is left in it', () => {
    for (const left of [
      { remaining: '1', tokenAccounts: 0 },
      { remaining: '0', tokenAccounts: 1 },
    ])
      expect(codeOf(() => apply(reached(5), done('swept', { transactions: [], ...left })))).toBe(
        'step-refused',
      );
  });

  it('takes no evidence with more in it than the contract says: a secret has no field', () => {
    const more = { ...(evidence.generated as object), seed: 'x' };
    expect(codeOf(() => apply(reached(0), done('generated', more)))).toBe('step-refused');
  });

  it.each([
    [0, 'nothing'],
    [1, 'nothing'],
    [2, 'nothing'],
    [3, 'restore-secret'],
    [4, 'restore-service'],
    [5, 'restore-service'],
    [6, null],
    [7, null],
  ] as const)('after %d steps, an abort needs %s', (count, needs) => {
    const state = reached(count);
    expect(abortNeeds(state)).toBe(needs);
    expect(codeOf(() => apply(state, aborted(null)))).toBe(needs === 'nothing' ? 'accepted' : 'step-refused');
    expect(codeOf(() => apply(state, aborted(OLD.fingerprint)))).toBe(
      needs === null ? 'step-refused' : 'accepted',
    );
    expect(codeOf(() => apply(state, aborted(NEW.fingerprint)))).toBe(
      needs === 'nothing' ? 'accepted' : 'step-refused',
    );
  });

  it('supplies one key from before the service is restarted, and the former one as soon as it is being put back', () => {
    const began = apply(reached(3), { type: 'began', step: 'hydrated' });
    expect(suppliedFingerprint(reached(3))).toBe(OLD.fingerprint);
    expect(suppliedFingerprint(began)).toBe(NEW.fingerprint);
    expect(abortNeeds(began)).toBe('restore-service');
    const reverting = apply(began, { type: 'reverting' });
    expect(suppliedFingerprint(reverting)).toBe(OLD.fingerprint);
    expect(codeOf(() => apply(reverting, done('hydrated')))).toBe('step-refused');
    expect(suppliedFingerprint(apply(reverting, aborted(OLD.fingerprint)))).toBe(OLD.fingerprint);
    expect(codeOf(() => apply(reached(2), { type: 'reverting' }))).toBe('step-refused');
    // Only a key that goes to AWS is put in force there.
    expect(codeOf(() => apply(began, { type: 'promoted' }))).toBe('step-refused');
  });

  it('is not confirmed on another cluster than Devnet', () => {
    const mainnet = {
      ...(evidence.confirmed as object),
      genesisHash: '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d',
    };
    expect(codeOf(() => apply(reached(4), done('confirmed', mainnet)))).toBe('step-refused');
  });

  it('is not aborted while a transaction of the sweep may be on its way', () => {
    const sending = apply(reached(5), { type: 'began', step: 'swept', transactions: [TRANSACTION] });
    expect(sending.unfinished).toBe('swept');
    expect(codeOf(() => apply(sending, aborted(OLD.fingerprint)))).toBe('step-refused');
    expect(codeOf(() => apply(sending, done('swept')))).toBe('accepted');
  });
});

describe('whatever is tried in whatever order', () => {
  const anyRecord = fc.oneof(
    fc.constant(opened),
    fc.constantFrom(...STEPS).map((step) => done(step)),
    fc.constantFrom(...STEPS).map((step): CeremonyRecord => ({ type: 'began', step })),
    fc.constant<CeremonyRecord>({ type: 'reverting' }),
    fc.constantFrom(null, OLD.fingerprint, NEW.fingerprint).map(aborted),
  );

  it('the service holds exactly one of the two keys', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 60 }), (records) => {
        let state: Ceremony = reached(1);
        for (const record of records) {
          let next: Ceremony | null = null;
          try {
            next = apply(state, record);
          } catch (error) {
            expect(error).toBeInstanceOf(CustodyError);
          }
          const [before, now] = [activeFingerprint(state), activeFingerprint(next ?? state)];
          expect([OLD.fingerprint, NEW.fingerprint]).toContain(now);
          expect([OLD.fingerprint, NEW.fingerprint]).toContain(suppliedFingerprint(next ?? state));
          // It changes by hydration, and back by an abort that has shown the former key in the service again.
          if (before !== now)
            expect(record.type === 'aborted' || (record.type === 'done' && record.step === 'hydrated')).toBe(
              true,
            );
          if (state.ended) expect(next).toBeNull();
          state = next ?? state;
        }
      }),
      { numRuns: 300 },
    );
  });
});
