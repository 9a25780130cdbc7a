import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  decide,
  type SessionAct,
  type SessionFacts,
  stateAt,
} from '../../service/autonomy/sessions/rules.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { SessionBench, type SessionVerb } from '../fixtures/payer-sessions.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);
const owner = cluster.open('migrator', 1);

let bench: SessionBench;
beforeEach(async () => {
  bench = await SessionBench.open(cluster, db);
});
afterEach(() => bench.close());

const count = (answers: readonly { status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

describe('increments at the same time', () => {
  it('1,000 on an allowance of 3: exactly 3 succeed, over two instances', async () => {
    const second = await bench.instance();
    const id = await bench.issue();
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, n) =>
        bench.act('increment', id, { to: n % 2 === 0 ? bench.api : second }),
      ),
    );
    // On an overloaded machine an answer may be lost (503) of what was done; more than three are never said to be.
    expect(count(answers, 200)).toBeGreaterThan(0);
    expect(count(answers, 200)).toBeLessThanOrEqual(3);
    // Refused because it is used up, or not taken on because the database has no connection free: never let through.
    expect(count(answers, 200) + count(answers, 409) + count(answers, 503)).toBe(1000);
    expect(await bench.sessionOf(id)).toMatchObject({ state: 'EXHAUSTED', signaturesUsed: 3 });
    expect((await bench.staged('payer.session-signed')).map((data) => data.signaturesUsed).sort()).toEqual([
      1, 2, 3,
    ]);
  });
});

describe('refresh, increment and revoke at the same time', () => {
  it('in any mix: nothing is granted after the end, and the ledger tells exactly what happened', async () => {
    const mix = fc.array(fc.constantFrom<SessionVerb>('refresh', 'increment', 'revoke'), {
      minLength: 2,
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(mix, fc.integer({ min: 1, max: 4 }), async (acts, signatureAllowance) => {
        const id = await bench.issue({ signatureAllowance });
        const answers = await Promise.all(
          acts.map(async (kind) => ({ kind, ...(await bench.act(kind, id)) })),
        );
        expect(count(answers, 200) + count(answers, 409)).toBe(acts.length);
        const done = (kind: SessionVerb) =>
          answers.filter((one) => one.kind === kind && one.status === 200).length;
        const { state, signaturesUsed } = await bench.sessionOf(id);
        expect(signaturesUsed).toBe(done('increment'));
        expect(signaturesUsed).toBeLessThanOrEqual(signatureAllowance);
        expect(done('revoke')).toBeLessThanOrEqual(1);
        expect(state === 'REVOKED').toBe(done('revoke') === 1);
        expect(state === 'EXHAUSTED').toBe(signaturesUsed === signatureAllowance);
        const own = (await bench.staged('payer.session-signed')).filter((data) => data.sessionId === id);
        expect(own).toHaveLength(signaturesUsed);
        if (state === 'ACTIVE') return;
        for (const kind of ['increment', 'refresh', 'revoke'] as const)
          expect((await bench.act(kind, id)).status).toBe(409);
      }),
      { numRuns: 15 },
    );
  });
});

describe('refresh, increment, revoke and the clock in any order, one after the other', () => {
  it('do over HTTP and in the database exactly what the rules say', async () => {
    const step = fc.record({
      kind: fc.constantFrom<SessionVerb>('refresh', 'increment', 'increment', 'revoke'),
      // A clock that is set back is part of the game.
      seconds: fc.integer({ min: -5, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const id = await bench.issue({ expiresInSeconds: 15 });
        let facts: SessionFacts = {
          state: 'ACTIVE',
          signatureAllowance: 3,
          signaturesUsed: 0,
          expiresAt: new Date(bench.clock.ms + 15_000),
        };
        for (const { kind, seconds } of steps) {
          bench.clock.advance(seconds * 1000);
          const rule: SessionAct = kind === 'refresh' ? { act: kind, seconds: 10 } : { act: kind };
          const verdict = decide(facts, rule, bench.clock.now());
          facts = verdict.ok ? verdict.next : { ...facts, state: verdict.state };
          const { status } = await bench.act(
            kind,
            id,
            kind === 'refresh' ? { body: { expiresInSeconds: 10 } } : {},
          );
          expect(status).toBe(verdict.ok ? 200 : 409);
        }
        const { state, signaturesUsed, expiresAt } = await bench.sessionOf(id);
        expect({ signaturesUsed, expiresAt }).toEqual({
          signaturesUsed: facts.signaturesUsed,
          expiresAt: facts.expiresAt.toISOString(),
        });
        expect(state).toBe(stateAt(facts, bench.clock.now()));
      }),
      { numRuns: 15 },
    );
  });
});

describe('the table itself refuses, to the API’s role and to the owner,', () => {
  const ATTACKS: [what: string, constraint: string, set: string][] = [
    ['to revive what has ended', 'payer_sessions_ended_stay_ended', `state = 'ACTIVE', ended_at = NULL`],
    [
      'to sign with what has ended',
      'payer_sessions_ended_stay_ended',
      'signatures_used = signatures_used + 1',
    ],
  ];

  it.each(ATTACKS)('%s', async (_what, constraint, set) => {
    const id = await bench.issue();
    await bench.act('revoke', id);
    for (const { kysely } of [db, owner])
      await expect(
        sql.raw(`UPDATE payer_sessions SET ${set} WHERE id = '${id}'`).execute(kysely),
      ).rejects.toMatchObject({ code: 'constraint', constraint });
  });

  it.each([
    ['payer_sessions_count_one_by_one', 'signatures_used = 2'],
    [
      'payer_sessions_exhausted_exactly_when_used_up',
      `state = 'EXHAUSTED', ended_at = issued_at, ended_by = 'x'`,
    ],
    ['payer_sessions_refreshed_before_expiry', `expires_at = expires_at + interval '1 day'`],
    [
      'payer_sessions_refreshed_before_expiry',
      `expires_at = expires_at + interval '1 day', refreshed_at = expires_at`,
    ],
    ['payer_sessions_are_only_prolonged', `expires_at = issued_at, refreshed_at = issued_at`],
    ['payer_sessions_signed_before_expiry', 'signatures_used = 1, last_signed_at = expires_at'],
    ['payer_sessions_expired_at_its_time', `state = 'EXPIRED', ended_at = issued_at, ended_by = 'x'`],
    ['payer_sessions_ended_as_a_whole', `state = 'REVOKED'`],
  ])('%s: %s', async (constraint, set) => {
    const id = await bench.issue();
    for (const { kysely } of [db, owner])
      await expect(
        sql.raw(`UPDATE payer_sessions SET ${set} WHERE id = '${id}'`).execute(kysely),
      ).rejects.toMatchObject({ code: 'constraint', constraint });
  });

  it('to raise an allowance, or to take one signature back', async () => {
    const id = await bench.issue();
    await bench.act('increment', id);
    const attempt = (set: string, { kysely }: typeof db) =>
      sql.raw(`UPDATE payer_sessions SET ${set} WHERE id = '${id}'`).execute(kysely);
    await expect(attempt('signature_allowance = 9', owner)).rejects.toMatchObject({
      constraint: 'payer_sessions_keep_what_was_granted',
    });
    await expect(attempt('signature_allowance = 9', db)).rejects.toMatchObject({ code: 'forbidden' });
    for (const who of [db, owner])
      await expect(attempt('signatures_used = 0', who)).rejects.toMatchObject({
        constraint: 'payer_sessions_count_one_by_one',
      });
  });

  it.each([
    'DELETE FROM payer_sessions',
    'DELETE FROM payer_key_generations',
    'UPDATE payer_key_generations SET generation = 9',
  ])('%s to the API’s role', async (statement) => {
    await expect(sql.raw(statement).execute(db.kysely)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('who may do what', () => {
  it('is nobody without a signature, and nobody without the token', async () => {
    const id = await bench.issue();
    const bearer = { authorization: `Bearer ${bench.api.adminToken}` };
    const post = (headers: Record<string, string>) =>
      bench.api.send(
        {
          method: 'POST',
          path: `/api/sessions/${id}/increment`,
          headers: { 'content-type': 'application/json', 'idempotency-key': 'x' },
          body: '{}',
        },
        headers,
      );
    expect(await post(bearer)).toMatchObject({ status: 401, body: { error: { type: 'signature_missing' } } });
    expect((await post({})).status).toBe(401);
    for (const path of ['/api/sessions/active', `/api/sessions/${id}`])
      expect((await bench.api.get(path, {})).status).toBe(401);
    expect((await bench.sessionOf(id)).signaturesUsed).toBe(0);
  });
});
