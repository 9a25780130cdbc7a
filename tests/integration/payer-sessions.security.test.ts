import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endSessions, hydratePayerKey } from '../../service/autonomy/sessions/ending.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);
const owner = cluster.open('migrator', 1);

let api: TestApi;
let operator: TestOperator;
let clock: TestClock;
const opened: TestApi[] = [];

const KEY_A = 'a'.repeat(64);
const KEY_B = 'b'.repeat(64);

/** Another instance on the same database, with the payer key that it was configured with. */
async function instance(payerKey?: string): Promise<TestApi> {
  const staging = testStaging(clock, cluster.keys.stagingMac);
  const one = await startTestApi({ db, clock, staging, settings: payerKey ? { payerKey } : {} });
  opened.push(one);
  return one;
}
const hydrate = (key: string | null) =>
  hydratePayerKey({ db, staging: testStaging(clock, cluster.keys.stagingMac), now: () => clock.now() }, key);

beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  api = await instance();
  operator = await api.enrolFirst();
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

type Act = 'refresh' | 'increment' | 'revoke';
const BODY: Record<Act, object> = { refresh: {}, increment: {}, revoke: { reason: 'over' } };
const act = (kind: Act, id: string, to = api) =>
  to.signed({ route: `sessions.${kind}`, path: `/api/sessions/${id}/${kind}`, body: BODY[kind] }, operator);
async function issued(body: object = {}, to = api): Promise<string> {
  const call = {
    route: 'sessions.issue',
    path: '/api/sessions',
    body: { purpose: 'race', ...body },
  } as const;
  const answer = await to.signed(call, operator);
  expect(answer.status).toBe(201);
  return answer.body.session.id;
}
const sessionOf = async (id: string) => (await api.get(`/api/sessions/${id}`)).body.session;
const count = (answers: readonly { status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).length;
const stagedFor = async (kind: string) => {
  const rows = await db.kysely.selectFrom('ledger_staged').select('data').where('kind', '=', kind).execute();
  return rows.map((row) => JSON.parse(row.data));
};

describe('increments at the same time', () => {
  it('1,000 on an allowance of 3: exactly 3 succeed, over two instances', async () => {
    const second = await instance();
    const id = await issued();
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => act('increment', id, n % 2 === 0 ? api : second)),
    );
    expect(count(answers, 200)).toBe(3);
    // Refused because it is used up, or not taken on because the database has no connection free: never let through.
    expect(count(answers, 200) + count(answers, 409) + count(answers, 503)).toBe(1000);
    expect(await sessionOf(id)).toMatchObject({ state: 'EXHAUSTED', signaturesUsed: 3 });
    expect((await stagedFor('payer.session-signed')).map((data) => data.signaturesUsed).sort()).toEqual([
      1, 2, 3,
    ]);
  });
});

describe('refresh, increment and revoke at the same time', () => {
  it('in any mix: nothing is granted after the end, and the ledger tells exactly what happened', async () => {
    const mix = fc.array(fc.constantFrom<Act>('refresh', 'increment', 'revoke'), {
      minLength: 2,
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(mix, fc.integer({ min: 1, max: 4 }), async (acts, signatureAllowance) => {
        const id = await issued({ signatureAllowance });
        const answers = await Promise.all(acts.map(async (kind) => ({ kind, ...(await act(kind, id)) })));
        expect(count(answers, 200) + count(answers, 409)).toBe(acts.length);
        const done = (kind: Act) => answers.filter((one) => one.kind === kind && one.status === 200).length;
        const { state, signaturesUsed } = await sessionOf(id);
        expect(signaturesUsed).toBe(done('increment'));
        expect(signaturesUsed).toBeLessThanOrEqual(signatureAllowance);
        expect(done('revoke')).toBeLessThanOrEqual(1);
        expect(state === 'REVOKED').toBe(done('revoke') === 1);
        expect(state === 'EXHAUSTED').toBe(signaturesUsed === signatureAllowance);
        const own = (await stagedFor('payer.session-signed')).filter((data) => data.sessionId === id);
        expect(own).toHaveLength(signaturesUsed);
        if (state === 'ACTIVE') return;
        for (const kind of ['increment', 'refresh', 'revoke'] as const)
          expect((await act(kind, id)).status).toBe(409);
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
    const id = await issued();
    await act('revoke', id);
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
    ['payer_sessions_signed_before_expiry', 'signatures_used = 1, last_signed_at = expires_at'],
    ['payer_sessions_expired_at_its_time', `state = 'EXPIRED', ended_at = issued_at, ended_by = 'x'`],
    ['payer_sessions_ended_as_a_whole', `state = 'REVOKED'`],
  ])('%s: %s', async (constraint, set) => {
    const id = await issued();
    for (const { kysely } of [db, owner])
      await expect(
        sql.raw(`UPDATE payer_sessions SET ${set} WHERE id = '${id}'`).execute(kysely),
      ).rejects.toMatchObject({ code: 'constraint', constraint });
  });

  it('to raise an allowance, or to take one signature back', async () => {
    const id = await issued();
    await act('increment', id);
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

describe('a payer key that changes', () => {
  it('revokes every earlier session, once, in the transaction that records it', async () => {
    const before = [await issued(), await issued()];
    const exhausted = await issued({ signatureAllowance: 1 });
    await act('increment', exhausted);
    await hydrate(KEY_A);
    for (const id of before)
      expect(await sessionOf(id)).toMatchObject({ state: 'REVOKED', endedReason: 'the payer’s key changed' });
    expect((await sessionOf(exhausted)).state).toBe('EXHAUSTED');
    await hydrate(KEY_A);
    expect(await stagedFor('payer.key-changed')).toEqual([
      { former: null, current: KEY_A, revokedSessions: 2 },
    ]);
    expect((await stagedFor('payer.session-revoked')).map((data) => data.sessionId).sort()).toEqual(
      before.sort(),
    );
  });

  it('leaves the sessions of a service that comes back with the same key', async () => {
    await hydrate(KEY_A);
    const one = await instance(KEY_A);
    const id = await issued({}, one);
    await hydrate(KEY_A);
    expect(await sessionOf(id)).toMatchObject({ state: 'ACTIVE', payerKey: KEY_A });
    expect((await act('increment', id, one)).status).toBe(200);
  });

  it('revokes as well when the key is taken away, and when the former one returns', async () => {
    await hydrate(KEY_A);
    const one = await instance(KEY_A);
    const first = await issued({}, one);
    await hydrate(null);
    expect((await sessionOf(first)).state).toBe('REVOKED');
    await hydrate(KEY_A);
    expect((await sessionOf(first)).state).toBe('REVOKED');
    expect((await act('increment', first, one)).status).toBe(409);
  });

  it('is recorded once when two instances bring it in together', async () => {
    await issued();
    await Promise.all([hydrate(KEY_B), hydrate(KEY_B), hydrate(KEY_B)]);
    expect(await stagedFor('payer.key-changed')).toHaveLength(1);
  });

  it('leaves an instance with the former key nothing to issue or to sign with', async () => {
    await hydrate(KEY_A);
    const former = await instance(KEY_A);
    await hydrate(KEY_B);
    const call = { route: 'sessions.issue', path: '/api/sessions', body: { purpose: 'late' } } as const;
    expect(await former.signed(call, operator)).toMatchObject({ status: 409 });
    // One that it issued in the very moment: inserted with the former generation after the revocation had looked.
    const late = `pse_${'0'.repeat(26)}`;
    await sql`INSERT INTO payer_sessions
      (id, purpose, key_generation, payer_key, signature_allowance, issued_at, issued_by, expires_at)
      VALUES (${late}, 'late', 1, decode(${KEY_A}, 'hex'), 3, ${clock.now()}, 'x',
        ${new Date(clock.ms + 60_000)})`.execute(db.kysely);
    for (const kind of ['increment', 'refresh'] as const)
      expect((await act(kind, late, former)).status).toBe(409);
    const signing = sql`UPDATE payer_sessions SET signatures_used = 1 WHERE id = ${late}`;
    await expect(signing.execute(owner.kysely)).rejects.toMatchObject({
      constraint: 'payer_sessions_belong_to_their_key',
    });
    await endSessions({
      db,
      staging: testStaging(clock, cluster.keys.stagingMac),
      now: () => clock.now(),
    });
    expect((await sessionOf(late)).state).toBe('REVOKED');
  });

  it('revokes nothing when it cannot be told to the ledger', async () => {
    const id = await issued();
    const failing = { stage: () => Promise.reject(new Error('the ledger is away')) };
    await expect(hydratePayerKey({ db, staging: failing, now: () => clock.now() }, KEY_A)).rejects.toThrow();
    expect((await sessionOf(id)).state).toBe('ACTIVE');
    expect(await db.kysely.selectFrom('payer_key_generations').selectAll().execute()).toEqual([]);
  });
});

describe('sessions whose time is over', () => {
  it('are written down as expired, once each, however many instances look', async () => {
    const ids = [await issued({ expiresInSeconds: 5 }), await issued({ expiresInSeconds: 5 })];
    const kept = await issued();
    clock.advance(5_000);
    const ending = { db, staging: testStaging(clock, cluster.keys.stagingMac), now: () => clock.now() };
    await Promise.all([endSessions(ending), endSessions(ending), endSessions(ending)]);
    expect((await stagedFor('payer.session-expired')).map((data) => data.sessionId).sort()).toEqual(
      ids.sort(),
    );
    expect((await sessionOf(kept)).state).toBe('ACTIVE');
  });
});

describe('who may do what', () => {
  it('is nobody without a signature, and nobody without the token', async () => {
    const id = await issued();
    const bearer = { authorization: `Bearer ${api.adminToken}` };
    const post = (headers: Record<string, string>) =>
      api.send(
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
      expect((await api.get(path, {})).status).toBe(401);
    expect((await sessionOf(id)).signaturesUsed).toBe(0);
  });
});
