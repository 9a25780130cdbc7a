import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runContainments } from '../../service/boundaries/containment/run.ts';
import { transact } from '../../service/db/database.ts';
import type { Staging } from '../../service/ledger/staging.ts';
import { openHold, postHold } from '../../service/treasury/holds.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { addressOf } from '../../shared/money/wallets.ts';
import { accountsOf } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { settle } from '../fixtures/identity.ts';
import { dyingAfter, runJob, told } from '../fixtures/incidents.ts';
import { operatorActs } from '../fixtures/operators.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { fund, hammer, holdOf, noStage } from '../fixtures/treasury.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);
let clock: TestClock;
let staging: Staging;
/** Two instances on one database. */
let one: TestApi;
let two: TestApi;
let ada: TestOperator;

beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  staging = testStaging(clock, cluster.keys.stagingMac);
  one = await startTestApi({ db, clock, staging });
  two = await startTestApi({ db, clock, staging });
  ada = await one.enrolFirst('Ada');
});
afterEach(async () => {
  await one.close();
  await two.close();
});

const id = (kind: 'account' | 'accountSession') => makeId(kind, randomBytes(10), clock.ms);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const refused = (status: number, type: string) => ({ status, body: { error: { type } } });

describe('a freeze', () => {
  const freeze = (by = ada, api = one) =>
    api.signed({ route: 'freeze.order', path: '/api/freeze', body: { reason: 'drain' } }, by);

  it('stops every way of spending, settles what was held, and takes two persons to lift', async () => {
    const bob = await operatorActs(() => one).join('Bob', 'administrator', ada);
    const { accountId, accessToken } = await accountsOf(() => one).open();
    const owner = { type: 'account' as const, id: accountId };
    await fund(db, owner, 1_000n);
    const { holdId } = await transact(db, (tx) => openHold(tx, noStage, holdOf(owner, 100n)));
    const issued = await one.signed(
      {
        route: 'sessions.issue',
        path: '/api/sessions',
        body: { purpose: 'p', expiresInSeconds: 60, signatureAllowance: 3 },
      },
      ada,
    );
    const frozen = await freeze();
    expect(frozen.status, frozen.text).toBe(201);
    expect(await freeze()).toMatchObject(refused(409, 'conflict'));
    for (const path of ['/api/freeze', '/api/boundaries'])
      expect((await two.get(path)).body.freeze.reason).toBe('drain');
    const { status, checks } = (await two.get('/readyz')).body;
    expect([status, checks.at(-1).detail]).toEqual(['ready', 'stopped by an operator']);
    const { accountId: other } = await accountsOf(() => one).open('other@example.org');
    const send = await one.adminApp.inject({
      ...{ method: 'POST', url: '/api/v1/transfers' },
      headers: {
        ...bearer(accessToken),
        'content-type': 'application/json',
        'idempotency-key': 'frozen-0001',
      },
      payload: { toAddress: addressOf({ type: 'account', id: other }), amount: '0.00000001' },
    });
    expect([send.statusCode, send.json().error?.type, send.headers['retry-after']]).toEqual([
      503,
      'frozen',
      '60',
    ]);
    await expect(transact(db, (tx) => openHold(tx, noStage, holdOf(owner, 1n)))).rejects.toMatchObject({
      constraint: 'spending_is_frozen',
    });
    await expect(fund(db, owner, 1n)).rejects.toMatchObject({ constraint: 'spending_is_frozen' });
    const path = `/api/sessions/${issued.body.session.id}/increment`;
    expect(await one.signed({ route: 'sessions.increment', path, body: {} }, ada)).toMatchObject(
      refused(503, 'frozen'),
    );
    await transact(db, (tx) => postHold(tx, noStage, { holdId, units: 60n, payee: 'revenue' }));
    const body = { freezeId: frozen.body.freeze.id, reason: 'over' };
    const proposed = await one.signed({ route: 'freeze.lift', path: '/api/freeze/lift', body }, ada);
    expect(proposed.status, proposed.text).toBe(202);
    await expect(fund(db, owner, 1n)).rejects.toMatchObject({ constraint: 'spending_is_frozen' });
    expect((await operatorActs(() => one).approve(proposed.body.proposal, bob)).status).toBe(200);
    await fund(db, owner, 1n);
    expect((await one.get('/api/freeze')).body.freeze).toBeNull();
    expect(await told(db, 'spending.resumed')).toHaveLength(1);
  });

  it('that was answered is followed by no spend, whatever was in flight', async () => {
    const { accountId } = await accountsOf(() => one).open();
    const owner = { type: 'account' as const, id: accountId };
    await fund(db, owner, 1_000_000n);
    const held = () =>
      db.kysely
        .selectFrom('holds')
        .select((eb) => eb.fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow();
    let atAnswer = '';
    const ordered = (async () => {
      expect((await freeze(ada, two)).status).toBe(201);
      atAnswer = (await held()).n;
    })();
    const spends = await hammer(150, () => transact(db, (tx) => openHold(tx, noStage, holdOf(owner, 1n))));
    await ordered;
    const done = spends.filter(({ status }) => status === 'fulfilled').length;
    expect((await held()).n).toBe(atAnswer);
    expect(String(done)).toBe(atAnswer);
    expect(done).toBeLessThan(150);
  });

  it('is not lifted in the tables by halves, nor twice', async () => {
    await freeze();
    const lift = (set: object) => db.kysely.updateTable('spending_freezes').set(set).execute();
    await expect(lift({ lifted_at: clock.now() })).rejects.toMatchObject({ code: 'constraint' });
    await lift({ lifted_at: clock.now(), lifted_by: 'x', lift_reason: 'x' });
    await expect(lift({ lift_reason: 'y' })).rejects.toMatchObject({
      constraint: 'spending_freezes_lift_once',
    });
  });
});

describe('containing a credential', () => {
  /** An account with one of everything that derives from it. */
  async function full(email: string) {
    const settled = await settle(one, email);
    const { accessToken, accountId, sessionId, refreshToken } = settled.session;
    const make = async (family: string, more = {}) =>
      (await one.post('/api/v1/keys', { label: family, family, ...more }, accessToken)).body;
    const management = await make('management');
    const inference = await make('inference');
    const ofAgent = await make('inference', { agentId: settled.agent.id });
    const identity = (await one.post('/api/v1/agents/identity-tokens', {}, settled.agent.key)).body.token;
    const me = (api: TestApi) => api.get('/api/v1/auth/me', bearer(accessToken));
    const keys = (api: TestApi) => api.get('/api/v1/keys', bearer(management.secret));
    const own = (api: TestApi, secret: string) => api.get('/api/v1/tokenhall/key', bearer(secret));
    const self = (api: TestApi) => api.get('/api/v1/agents/self', bearer(settled.agent.key));
    const statuses = async (api: TestApi) => {
      const verified = await api.post('/api/v1/agents/identity-tokens/verify', { token: identity });
      const answers = [
        ...[await me(api), await keys(api), await own(api, inference.secret)],
        ...[await own(api, ofAgent.secret), await self(api), verified],
      ];
      return answers.map(({ status }) => status);
    };
    return { email, accountId, sessionId, refreshToken, accessToken, management, inference, statuses };
  }
  const ALL = [200, 200, 200, 200, 200, 200];
  const NONE = [401, 401, 401, 401, 401, 401];

  const order = (kind: string, credential: string, name: string, more: object = {}) =>
    one.signed(
      {
        ...{ route: 'containments.order', path: '/api/containments' },
        body: { kind, id: credential, name, reason: 'stolen', ...more },
      },
      ada,
    );
  const assume = async (kind: string, credential: string) =>
    (await one.get(`/api/assume-stolen?kind=${kind}&id=${credential}`)).body.stolen;

  it('says before what it would revoke, and leaves others alone', async () => {
    const victim = await full('victim@example.org');
    const neighbour = await full('neighbour@example.org');
    const { plan, name, state } = await assume('account', victim.accountId);
    expect([name, state]).toEqual(['victim@example.org', 'active']);
    expect(plan.map((s: { count: number }) => s.count)).toEqual([1, 3, 2]);
    expect(await victim.statuses(one)).toEqual(ALL);
    expect(await order('account', victim.accountId, 'neighbour@example.org')).toMatchObject(
      refused(409, 'name_mismatch'),
    );
    expect(await order('account', id('account'), 'x')).toMatchObject(refused(404, 'not_found'));
    expect(await victim.statuses(one)).toEqual(ALL);
    const ordered = await order('account', victim.accountId, victim.email);
    expect(ordered.status, ordered.text).toBe(202);
    await runJob(two, 'containments');
    expect(await victim.statuses(two)).toEqual(NONE);
    expect(await neighbour.statuses(one)).toEqual(ALL);
  });

  it('killed between any two steps, it is completed by the next one, and every derived credential is 401', async () => {
    const victim = await full('victim@example.org');
    const ordered = await order('account', victim.accountId, victim.email);
    const { id: containmentId } = ordered.body.containment;
    // The session is gone with the order itself, whatever happens to the process now.
    expect((await victim.statuses(two))[0]).toBe(401);
    for (const calls of [0, 1, 2]) {
      const dying = {
        ...{ db, staging: dyingAfter(staging, calls), now: () => clock.now() },
        revokePayerSession: async () => false,
      };
      await expect(runContainments(dying)).rejects.toThrow('killed');
    }
    expect((await one.get(`/api/containments/${containmentId}`)).body.containment.finishedAt).toBeNull();
    await Promise.all([runJob(one, 'containments'), runJob(two, 'containments')]);
    const { containment } = (await two.get(`/api/containments/${containmentId}`)).body;
    expect(containment.finishedAt).not.toBeNull();
    expect(containment.steps.map((s: { revoked: number }) => s.revoked)).toEqual([1, 3, 2]);
    expect(await victim.statuses(one)).toEqual(NONE);
    expect((await accountsOf(() => one).refresh(victim.refreshToken)).status).toBe(401);
    expect(await told(db, 'key.revoked')).toHaveLength(3);
    expect(await told(db, 'containment.finished')).toMatchObject([
      { sessions: 1, keys: 3, agentCredentials: 2 },
    ]);
  });

  it('outruns whoever makes new keys with the stolen one', async () => {
    const victim = await full('victim@example.org');
    const made: string[] = [];
    let going = true;
    const thief = (async () => {
      while (going) {
        const body = { label: 'more', family: 'inference' };
        const answer = await two.post('/api/v1/keys', body, victim.management.secret);
        if (answer.status === 201) made.push(answer.body.secret);
      }
    })();
    const ordered = await order('management', victim.management.key.id, victim.management.key.displayPrefix);
    expect(ordered.status, ordered.text).toBe(202);
    going = false;
    await thief;
    await runJob(one, 'containments');
    for (const secret of made)
      expect((await one.get('/api/v1/tokenhall/key', bearer(secret))).status).toBe(401);
    // What the account itself made before is not the thief's.
    expect((await victim.statuses(one))[0]).toBe(200);
  });

  it('of a payer session ends it, and of what has ended is refused by name', async () => {
    const body = { purpose: 'crawl', expiresInSeconds: 60, signatureAllowance: 3 };
    const issued = await one.signed({ route: 'sessions.issue', path: '/api/sessions', body }, ada);
    const { id: session } = issued.body.session;
    expect((await assume('payer-session', session)).spend.signatures).toBe(3);
    expect((await order('payer-session', session, 'crawl')).status).toBe(202);
    expect((await one.get(`/api/sessions/${session}`)).body.session.state).toBe('REVOKED');
    expect(await assume('payer-session', session)).toMatchObject({
      state: 'revoked',
      spend: { signatures: 0 },
    });
  });
});

describe('assuming that a credential is stolen', () => {
  it('says what it could spend: the wallet, or what is left of the key’s limit', async () => {
    const { session, agent } = await settle(one, 'rich@example.org');
    await fund(db, { type: 'account', id: session.accountId }, 500_000_000n);
    await fund(db, { type: 'agent', id: agent.id }, 200_000_000n);
    const key = async (more: object) =>
      (await one.post('/api/v1/keys', { label: 'k', family: 'inference', ...more }, session.accessToken)).body
        .key.id;
    const spend = async (kind: string, credential: string) =>
      (await one.get(`/api/assume-stolen?kind=${kind}&id=${credential}`)).body.stolen.spend.credits;
    expect(await spend('session', session.sessionId)).toBe('7.00000000');
    expect(await spend('inference', await key({}))).toBe('5.00000000');
    expect(await spend('inference', await key({ spendLimit: '1.5' }))).toBe('1.50000000');
    expect(await spend('inference', await key({ agentId: agent.id }))).toBe('2.00000000');
    const { operators } = (await one.get('/api/operators')).body;
    expect(await spend('operator', operators[0].id)).toBeNull();
    expect((await one.get('/api/assume-stolen?kind=admin-token')).body.stolen).toMatchObject({
      plan: [],
      state: 'active',
    });
    expect(await one.get(`/api/assume-stolen?kind=session&id=${id('accountSession')}`)).toMatchObject(
      refused(404, 'not_found'),
    );
  });
});
