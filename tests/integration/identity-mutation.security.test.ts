import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { purgeAnswers } from '../../service/identity/idempotency.ts';
import { purgeNonces } from '../../service/identity/replay.ts';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { prepareSigned, type TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);
const owner = cluster.open('migrator', 2);

let api: TestApi;
let operator: TestOperator;

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  operator = await api.enrolFirst();
});
afterEach(() => api.close());

const create = (label: string, idempotencyKey?: string) =>
  api.signed(
    {
      route: 'keys.create',
      path: '/api/keys',
      body: { label },
      ...(idempotencyKey ? { idempotencyKey } : {}),
    },
    operator,
  );
const revokeCall = (
  { id, displayPrefix }: { id: string; displayPrefix: string },
  idempotencyKey: string,
  reason = 'lost',
) => {
  const body = { displayPrefix, reason };
  return { route: 'keys.revoke', path: `/api/keys/${id}/revoke`, body, idempotencyKey } as const;
};
const refused = (status: number, type: string) => ({ status, body: { error: { type } } });

const tables = ['api_keys', 'ledger_staged', 'admin_nonces', 'idempotent_requests'] as const;
async function counts(): Promise<Record<(typeof tables)[number], number>> {
  const rows = await Promise.all(
    tables.map((table) =>
      db.kysely
        .selectFrom(table)
        .select((e) => e.fn.countAll().as('n'))
        .executeTakeFirstOrThrow(),
    ),
  );
  return Object.fromEntries(tables.map((table, i) => [table, Number(rows[i]?.n)])) as never;
}

describe('an idempotency key', () => {
  it('gives a repeat the former answer, also after a restart, and does nothing again', async () => {
    const { key } = (await create('a')).body;
    const call = revokeCall(key, 'revoke-once');
    const first = await api.signed(call, operator);
    expect(first.status).toBe(200);
    const before = await counts();
    expect((await api.signed(call, operator)).body).toEqual(first.body);
    const restarted = await startTestApi({
      db,
      clock: api.clock,
      staging: testStaging(api.clock, cluster.keys.stagingMac),
    });
    const again = await restarted.send(await prepareSigned(ORIGIN, call, operator));
    await restarted.close();
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(await counts()).toEqual({ ...before, admin_nonces: before.admin_nonces + 2 });
  });

  it('is refused with another body or on another route', async () => {
    const { key } = (await create('a')).body;
    await api.signed(revokeCall(key, 'revoke-once'), operator);
    expect(await api.signed(revokeCall(key, 'revoke-once', 'other'), operator)).toMatchObject(
      refused(422, 'idempotency_mismatch'),
    );
    expect(await create('a', 'revoke-once')).toMatchObject(refused(422, 'idempotency_mismatch'));
  });

  it('never shows a secret twice: a repeat names what was made', async () => {
    const first = await create('a', 'create-once');
    const repeat = await create('a', 'create-once');
    expect(repeat).toMatchObject(refused(409, 'conflict'));
    expect(repeat.body.error.message).toContain(first.body.key.id);
    expect(repeat.text).not.toContain(first.body.secret);
    expect((await counts()).api_keys).toBe(1);
  });

  it('makes one thing of many requests at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create('a', 'create-once')));
    expect(answers.map((a) => a.status).sort()).toEqual([201, ...Array(9).fill(409)]);
    expect((await counts()).api_keys).toBe(1);
  });

  it('can be used again after a refusal, which changed nothing', async () => {
    const { key } = (await create('a')).body;
    const missing = { ...key, id: key.id.replace(/.$/, key.id.endsWith('0') ? '1' : '0') };
    expect(await api.signed(revokeCall(missing, 'revoke-once'), operator)).toMatchObject({ status: 404 });
    expect(await api.signed(revokeCall(key, 'revoke-once'), operator)).toMatchObject({ status: 200 });
  });

  it('belongs to one operator', async () => {
    const invited = await api.signed(
      {
        route: 'operators.invite',
        path: '/api/operators/invitations',
        body: { name: 'B', role: 'responder' },
      },
      operator,
    );
    const other = api.newOperator();
    const body = { code: invited.body.code, name: 'B', publicKey: other.publicKey };
    await api.signed({ route: 'operators.enrol', path: '/api/operators/enrol', body }, other);
    const call = { route: 'keys.create', path: '/api/keys', idempotencyKey: 'the-same' } as const;
    expect(await api.signed({ ...call, body: { label: 'a' } }, operator)).toMatchObject({ status: 201 });
    expect(await api.signed({ ...call, body: { label: 'b' } }, other)).toMatchObject({ status: 201 });
  });

  it.each(['short', 'x'.repeat(129), 'two words', 'quote"quote'])('is not %j', async (key) => {
    expect(await create('a', key)).toMatchObject(refused(400, 'idempotency_key_required'));
  });

  it('is forgotten after a day', async () => {
    await create('a', 'create-once');
    await purgeAnswers(db, new Date(api.clock.ms + 23 * 3_600_000));
    expect(await create('a', 'create-once')).toMatchObject({ status: 409 });
    await purgeAnswers(db, new Date(api.clock.ms + 25 * 3_600_000));
    expect(await create('a', 'create-once')).toMatchObject({ status: 201 });
  });
});

describe('the audit write fails', () => {
  const breakLedger = () =>
    sql`ALTER TABLE ledger_staged ADD CONSTRAINT full_disk CHECK (false) NOT VALID`.execute(owner.kysely);
  const mendLedger = () =>
    sql`ALTER TABLE ledger_staged DROP CONSTRAINT IF EXISTS full_disk`.execute(owner.kysely);
  afterEach(mendLedger);

  it('then the action fails with it and leaves nothing but its used nonce', async () => {
    const before = await counts();
    await breakLedger();
    const request = await prepareSigned(
      ORIGIN,
      { route: 'keys.create', path: '/api/keys', body: { label: 'a' } },
      operator,
    );
    expect(await api.send(request)).toMatchObject(refused(500, 'internal'));
    await mendLedger();
    expect(await counts()).toEqual({ ...before, admin_nonces: before.admin_nonces + 1 });
    expect(await api.send(request)).toMatchObject(refused(401, 'signature_replayed'));
  });

  it('also when the table is locked: the answer comes within 5 s and says to come back', async () => {
    const before = await counts();
    let release = (): void => undefined;
    let holding = Promise.resolve();
    await new Promise<void>((locked) => {
      holding = owner.kysely.transaction().execute(async (tx) => {
        await sql`LOCK TABLE ledger_staged IN EXCLUSIVE MODE`.execute(tx);
        const released = new Promise<void>((resolve) => {
          release = resolve;
        });
        locked();
        await released;
      });
    });
    const started = performance.now();
    const answer = await create('a');
    const took = performance.now() - started;
    release();
    await holding;
    expect(answer).toMatchObject(refused(503, 'unavailable'));
    expect(answer.headers['retry-after']).toBe('1');
    expect(took).toBeLessThan(5_500);
    expect((await counts()).api_keys).toBe(before.api_keys);
  });
});

describe('the clock is set back after nonces were forgotten', () => {
  it('revives no signature', async () => {
    const request = await prepareSigned(
      ORIGIN,
      { route: 'keys.create', path: '/api/keys', body: { label: 'a' } },
      operator,
    );
    expect(await api.send(request)).toMatchObject({ status: 201 });
    const then = api.clock.ms;
    api.clock.ms += 3_600_000;
    expect(await create('later')).toMatchObject({ status: 201 });
    await purgeNonces(db);
    await purgeNonces(db);
    expect((await counts()).admin_nonces).toBe(1);
    api.clock.ms = then;
    expect(await api.send(request)).toMatchObject(refused(401, 'signature_expired'));
    expect((await counts()).api_keys).toBe(2);
  });

  it('purges by the highest time stored, not by the clock, and never moves back', async () => {
    expect(await create('a')).toMatchObject({ status: 201 });
    const before = await counts();
    api.clock.ms += 24 * 3_600_000;
    await purgeNonces(db);
    await purgeNonces(db);
    expect(await counts()).toEqual(before);
    await expect(
      db.kysely
        .updateTable('admin_nonce_horizon')
        .set({ horizon: new Date(0) })
        .execute(),
    ).rejects.toMatchObject({ constraint: 'admin_nonce_horizon_advances' });
  });
});

describe('ADMIN_SIGNATURES=optional', () => {
  const start = (environment: 'development' | 'production') =>
    startTestApi({
      db,
      clock: api.clock,
      staging: testStaging(api.clock, cluster.keys.stagingMac),
      settings: { adminSignatures: 'optional', environment },
    });

  it('refuses to start outside development', async () => {
    await expect(start('production')).rejects.toMatchObject({ code: 'settings-invalid' });
  });

  it('takes unsigned mutations in development, but no wrong signature and no unproven enrolment', async () => {
    const dev = await start('development');
    const plain = {
      method: 'POST',
      path: '/api/keys',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'dev-request' },
      body: '{"label":"dev"}',
    } as const;
    expect(await dev.send(plain)).toMatchObject({ status: 201, body: { key: { createdBy: 'unsigned' } } });
    const broken = { ...plain.headers, signature: 'sallyport=:AAAA:' };
    expect(await dev.send({ ...plain, headers: broken })).toMatchObject(refused(401, 'signature_missing'));
    const enrol = { ...plain, path: '/api/operators/enrol', body: '{}' };
    expect(await dev.send(enrol)).toMatchObject(refused(401, 'signature_missing'));
    await dev.close();
  });
});
