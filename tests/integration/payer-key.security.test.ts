import { createHash } from 'node:crypto';
import { base58 } from '@scure/base';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endSessions, hydratePayerKey } from '../../service/autonomy/sessions/ending.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { brokenStaging } from '../fixtures/ledger.ts';
import { operatorActs } from '../fixtures/operators.ts';
import { SessionBench } from '../fixtures/payer-sessions.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');
const owner = cluster.open('migrator', 1);

let bench: SessionBench;
beforeEach(async () => {
  bench = await SessionBench.open(cluster, db);
});
afterEach(() => bench.close());

const KEY_A = 'a'.repeat(64);
const KEY_B = 'b'.repeat(64);

describe('a payer key that changes', () => {
  it('revokes every earlier session, once, in the transaction that records it', async () => {
    const before = [await bench.issue(), await bench.issue()];
    const exhausted = await bench.issue({ signatureAllowance: 1 });
    await bench.act('increment', exhausted);
    await bench.hydrate(KEY_A);
    for (const id of before)
      expect(await bench.sessionOf(id)).toMatchObject({
        state: 'REVOKED',
        endedReason: 'the payer’s key changed',
      });
    expect((await bench.sessionOf(exhausted)).state).toBe('EXHAUSTED');
    await bench.hydrate(KEY_A);
    expect(await bench.staged('payer.key-changed')).toEqual([
      { former: null, current: KEY_A, revokedSessions: 2 },
    ]);
    expect((await bench.staged('payer.session-revoked')).map((data) => data.sessionId).sort()).toEqual(
      before.sort(),
    );
  });

  it('leaves the sessions of a service that comes back with the same key', async () => {
    await bench.hydrate(KEY_A);
    const one = await bench.instance(KEY_A);
    const id = await bench.issue({}, one);
    await bench.hydrate(KEY_A);
    expect(await bench.sessionOf(id)).toMatchObject({ state: 'ACTIVE', payerKey: KEY_A });
    expect((await bench.act('increment', id, { to: one })).status).toBe(200);
  });

  it('revokes as well when the key is taken away, and when the former one returns', async () => {
    await bench.hydrate(KEY_A);
    const one = await bench.instance(KEY_A);
    const first = await bench.issue({}, one);
    await bench.hydrate(null);
    expect((await bench.sessionOf(first)).state).toBe('REVOKED');
    await bench.hydrate(KEY_A);
    expect((await bench.sessionOf(first)).state).toBe('REVOKED');
    expect((await bench.act('increment', first, { to: one })).status).toBe(409);
  });

  it('is recorded once when two instances bring it in together', async () => {
    await bench.issue();
    await Promise.all([bench.hydrate(KEY_B), bench.hydrate(KEY_B), bench.hydrate(KEY_B)]);
    expect(await bench.staged('payer.key-changed')).toHaveLength(1);
  });

  it('leaves an instance with the former key nothing to issue or to sign with', async () => {
    await bench.hydrate(KEY_A);
    const former = await bench.instance(KEY_A);
    await bench.hydrate(KEY_B);
    const call = { route: 'sessions.issue', path: '/api/sessions', body: { purpose: 'late' } } as const;
    expect(await former.signed(call, bench.operator)).toMatchObject({ status: 409 });
    // One that it issued in the very moment: inserted with the former generation after the revocation had looked.
    const late = `pse_${'0'.repeat(26)}`;
    await sql`INSERT INTO payer_sessions
      (id, purpose, key_generation, payer_key, signature_allowance, issued_at, issued_by, expires_at)
      VALUES (${late}, 'late', 1, decode(${KEY_A}, 'hex'), 3, ${bench.clock.now()}, 'x',
        ${new Date(bench.clock.ms + 60_000)})`.execute(db.kysely);
    for (const kind of ['increment', 'refresh'] as const)
      expect((await bench.act(kind, late, { to: former })).status).toBe(409);
    const signing = sql`UPDATE payer_sessions SET signatures_used = 1 WHERE id = ${late}`;
    await expect(signing.execute(owner.kysely)).rejects.toMatchObject({
      constraint: 'payer_sessions_belong_to_their_key',
    });
    await endSessions(bench.ending);
    expect((await bench.sessionOf(late)).state).toBe('REVOKED');
  });

  it('revokes nothing when it cannot be told to the ledger', async () => {
    const id = await bench.issue();
    const failing = brokenStaging('the ledger is away');
    await expect(hydratePayerKey({ ...bench.ending, staging: failing }, KEY_A)).rejects.toThrow();
    expect((await bench.sessionOf(id)).state).toBe('ACTIVE');
    expect(await db.kysely.selectFrom('payer_key_generations').selectAll().execute()).toEqual([]);
  });
});

describe('a wallet that is retired', () => {
  const walletOf = (byte: number) => {
    const key = Buffer.alloc(32, byte);
    return { address: base58.encode(key), fingerprint: createHash('sha256').update(key).digest('hex') };
  };
  const [FORMER, SUCCESSOR] = [walletOf(1), walletOf(2)];
  const BODY = { ...FORMER, successor: SUCCESSOR.fingerprint, reason: 'rotated' };
  const acts = operatorActs(() => bench.api);
  const propose = (body: object = BODY, by: TestOperator = bench.operator) =>
    bench.api.signed({ route: 'wallet-keys.retire', path: '/api/wallet-keys/retire', body }, by);
  const refusal = (status: number, type: string) => ({ status, body: { error: { type } } });

  it('ends by two persons only, is told in the ledger, and no service starts with its key again', async () => {
    await bench.hydrate(FORMER.fingerprint);
    expect(await propose()).toMatchObject(refusal(409, 'second_operator_needed'));
    const bob = await acts.join('Bob', 'custodian', bench.operator);
    expect(await propose()).toMatchObject(refusal(409, 'conflict'));
    await bench.hydrate(SUCCESSOR.fingerprint);
    const { status, body } = await propose();
    expect(status).toBe(202);
    expect(await bench.staged('payer.key-retired')).toEqual([]);
    expect((await acts.approve(body.proposal, bench.operator)).status).toBeGreaterThanOrEqual(400);
    const approved = await acts.approve(body.proposal, bob);
    expect(approved).toMatchObject({
      status: 200,
      body: { proposal: { state: 'executed', subject: FORMER.fingerprint } },
    });
    expect(await bench.staged('payer.key-retired')).toEqual([{ ...BODY, proposalId: body.proposal.id }]);
    expect(await propose()).toMatchObject(refusal(409, 'conflict'));
    await expect(bench.hydrate(FORMER.fingerprint)).rejects.toMatchObject({
      constraint: 'payer_keys_stay_retired',
    });
    await bench.hydrate(SUCCESSOR.fingerprint);
    expect(await bench.staged('payer.key-changed')).toHaveLength(2);
  });

  it('is neither the one that pays, nor another than its address says, nor retired by a responder', async () => {
    const bob = await acts.join('Bob', 'custodian', bench.operator);
    const eve = await acts.join('Eve', 'responder', bench.operator, bob);
    await bench.hydrate(SUCCESSOR.fingerprint);
    for (const body of [
      { ...BODY, ...SUCCESSOR },
      { ...BODY, successor: 'c'.repeat(64) },
      { ...BODY, address: walletOf(3).address },
    ])
      expect(await propose(body)).toMatchObject(refusal(409, 'conflict'));
    expect(await propose(BODY, eve)).toMatchObject(refusal(403, 'forbidden'));
    const { proposal } = (await propose()).body;
    expect(await acts.approve(proposal, eve)).toMatchObject(refusal(403, 'forbidden'));
    // Between the two signatures the service went back: what both agreed to is not so any more.
    await bench.hydrate(FORMER.fingerprint);
    expect(await acts.approve(proposal, bob)).toMatchObject(refusal(409, 'conflict'));
    expect(await bench.staged('payer.key-retired')).toEqual([]);
  });

  it('and a service that starts with it at the same instant never both hold', async () => {
    const bob = await acts.join('Bob', 'custodian', bench.operator);
    await bench.hydrate(FORMER.fingerprint);
    await bench.hydrate(SUCCESSOR.fingerprint);
    const { proposal } = (await propose()).body;
    const [approved, started] = await Promise.all([
      acts.approve(proposal, bob),
      bench.hydrate(FORMER.fingerprint).then(
        () => true,
        () => false,
      ),
    ]);
    expect(started).toBe(approved.status !== 200);
  });
});

describe('sessions whose time is over', () => {
  it('are written down as expired, once each, however many instances look', async () => {
    const ids = [await bench.issue({ expiresInSeconds: 5 }), await bench.issue({ expiresInSeconds: 5 })];
    const kept = await bench.issue();
    bench.clock.advance(5_000);
    await Promise.all([endSessions(bench.ending), endSessions(bench.ending), endSessions(bench.ending)]);
    expect((await bench.staged('payer.session-expired')).map((data) => data.sessionId).sort()).toEqual(
      ids.sort(),
    );
    expect((await bench.sessionOf(kept)).state).toBe('ACTIVE');
  });
});
