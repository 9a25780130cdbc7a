import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Integrator } from '../../service/ledger/integrator/integrator.ts';
import { renderOrder } from '../../shared/boundaries/order.ts';
import { codeOf, sealOf, signRun } from '../../shared/boundaries/order-seal.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { accountsOf } from '../fixtures/accounts.ts';
import { startTestApi, type TestAnswer, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { integrated, runJob, told } from '../fixtures/incidents.ts';
import { startTestIntegrator } from '../fixtures/ledger.ts';
import { operatorActs } from '../fixtures/operators.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
const db = cluster.open('api', 12);
let integrator: Integrator;
let clock: TestClock;
/** Two instances on one database. */
let one: TestApi;
let two: TestApi;
let ada: TestOperator;

beforeAll(async () => {
  integrator = await startTestIntegrator(cluster);
});
afterAll(async () => {
  await integrator.stop();
  await cluster.stop();
});
beforeEach(async () => {
  await integrator.stop();
  await cluster.reset();
  integrator = await startTestIntegrator(cluster);
  clock = new TestClock();
  const staging = testStaging(clock, cluster.keys.stagingMac);
  one = await startTestApi({ db, clock, staging });
  two = await startTestApi({ db, clock, staging });
  ada = await one.enrolFirst('Ada');
  await integrated(db);
});
afterEach(async () => {
  await one.close();
  await two.close();
});

const refused = (status: number, type: string) => ({ status, body: { error: { type } } });
const HOUR = 3_600_000;

interface Made {
  readonly id: string;
  readonly title: string;
  readonly file: string;
  readonly code: string;
}

const prepare = (body: object = {}, by = ada) =>
  one.signed(
    {
      route: 'orders.prepare',
      path: '/api/break-glass/orders',
      body: {
        does: 'freeze',
        reason: 'the vault is in another building',
        until: new Date(clock.ms + HOUR).toISOString(),
        runs: 1,
        ...body,
      },
    },
    by,
  );

async function prepared(body: object = {}, by = ada): Promise<Made> {
  const answer = await prepare(body, by);
  expect(answer.status, answer.text).toBe(201);
  const { id, title, file } = answer.body.order;
  return { id, title, file, code: answer.body.code };
}

const request = ({ file, code, id }: Made, order = file, at = clock.now().toISOString()) => {
  const nonce = randomBytes(16).toString('base64url');
  return { order, at, nonce, signature: signRun({ order, at, nonce }, code, id) };
};

const send = (body: object, api = one): Promise<TestAnswer> => api.post('/api/break-glass/run', body);
const run = (order: Made, api = one) => send(request(order), api);
const revoke = ({ id, title }: Made, api = one) =>
  api.signed(
    { route: 'orders.revoke', path: `/api/break-glass/orders/${id}/revoke`, body: { title, reason: 'old' } },
    ada,
  );
const frozen = async () => (await two.get('/api/freeze')).body.freeze;
const because = async () => (await told(db, 'order.refused')).map((data) => data.because);
const stateOf = async ({ id }: Made) =>
  (await two.get('/api/break-glass/orders')).body.orders.find((order: { id: string }) => order.id === id);

describe('a break-glass order', () => {
  it('stops spending without a vault, once, in the name of whoever signed it, and rings', async () => {
    const order = await prepared();
    expect(order.file).toContain('Stops all spending');
    expect(order.file).not.toContain(order.code);
    expect(await run(order, two)).toMatchObject({ status: 200, body: { did: 'freeze', runsLeft: 0 } });
    const freeze = await frozen();
    expect(freeze).toMatchObject({ reason: 'the vault is in another building' });
    expect(await stateOf(order)).toMatchObject({ state: 'used', runsUsed: 1, refused: 0 });
    expect(await told(db, 'order.prepared')).toMatchObject([{ orderId: order.id, does: 'freeze', runs: 1 }]);
    expect(await told(db, 'order.ran')).toMatchObject([
      { orderId: order.id, subject: freeze.id, runsLeft: 0 },
    ]);
    expect(await told(db, 'spending.frozen')).toMatchObject([{ freezeId: freeze.id }]);
    await integrated(db);
    await runJob(one, 'alerts');
    const { alerts } = (await one.get('/api/alerts')).body;
    expect(alerts).toMatchObject([{ rule: 'order-ran', subject: order.id }]);
    const { changes } = (await one.get('/api/shift')).body.shift;
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'order.ran', count: 1 }));
    expect(one.logged() + two.logged()).not.toContain(order.code);
  });

  it('contains exactly the credential that it names, and all that derives from it', async () => {
    const { accountId, accessToken } = await accountsOf(() => one).open();
    const neighbour = await accountsOf(() => one).open('bo@example.org');
    const account = (await one.get(`/api/assume-stolen?kind=account&id=${accountId}`)).body.stolen;
    const what = { does: 'contain', kind: 'account', credentialId: accountId };
    expect(await prepare({ ...what, name: 'somebody else' })).toMatchObject(refused(409, 'name_mismatch'));
    const order = await prepared({ ...what, name: account.name });
    expect(await run(order)).toMatchObject({ status: 200, body: { did: 'contain' } });
    await runJob(two, 'containments');
    const me = (token: string) => one.get('/api/v1/auth/me', { authorization: `Bearer ${token}` });
    expect((await me(accessToken)).status).toBe(401);
    expect((await me(neighbour.accessToken)).status).toBe(200);
    expect(await frozen()).toBeNull();
    expect(await told(db, 'containment.finished')).toMatchObject([{ credentialId: accountId }]);
  });

  it('runs as often as it says, and a freeze that is in force uses none of its runs', async () => {
    const order = await prepared({ runs: 2 });
    expect((await run(order)).status).toBe(200);
    expect(await run(order)).toMatchObject(refused(403, 'order_refused'));
    expect(await stateOf(order)).toMatchObject({ state: 'ready', runsUsed: 1, refused: 1 });
    expect(await because()).toEqual(['spending is stopped already']);
  });

  it('is prepared by an operator who may, for one act and a time that ends', async () => {
    const rex = await operatorActs(() => one).join('Rex', 'reviewer', ada);
    expect(await prepare({}, rex)).toMatchObject(refused(403, 'forbidden'));
    for (const body of [
      { until: new Date(clock.ms - 1).toISOString() },
      { until: new Date(clock.ms + 91 * 24 * HOUR).toISOString() },
      { kind: 'account' },
      { does: 'contain' },
    ])
      expect(await prepare(body)).toMatchObject(refused(400, 'bad_request'));
    expect(await prepare({ runs: 6 })).toMatchObject(refused(400, 'invalid_body'));
    expect(await told(db, 'order.prepared')).toEqual([]);
  });
});

describe('an altered order', () => {
  it('is refused by its holder’s own signature, and says so in the ledger', async () => {
    const order = await prepared();
    const longer = order.file.replace(/until: .*/, 'until: 2031-01-01T00:00:00.000Z');
    expect(await send(request(order, longer))).toMatchObject(refused(403, 'order_refused'));
    expect(await because()).toEqual(['its file was altered']);
    const other = order.file.replace('Stops all spending', 'Does nothing at all');
    expect(await send(request(order, other))).toMatchObject(refused(401, 'order_invalid'));
    expect(await frozen()).toBeNull();
    expect((await run(order)).status).toBe(200);
  });

  it('is refused with another code, however it is signed', async () => {
    const order = await prepared();
    const stranger = { ...order, code: codeOf(randomBytes(20)) };
    expect(await run(stranger)).toMatchObject(refused(401, 'order_invalid'));
    const another = await prepared();
    expect(await run({ ...order, code: another.code })).toMatchObject(refused(401, 'order_invalid'));
    const good = request(order);
    const signature = `${good.signature.slice(0, 20)}${good.signature[20] === 'A' ? 'B' : 'A'}${good.signature.slice(21)}`;
    expect(await send({ ...good, signature })).toMatchObject(refused(401, 'order_invalid'));
    // What proves nothing is an aggregate, not an entry.
    expect(await because()).toEqual([]);
  });
});

describe('an order that has ended', () => {
  it('is refused when expired, revoked or signed by somebody who may no more', async () => {
    const [expired, gone, orphan] = [await prepared(), await prepared(), await prepared()];
    expect((await revoke(gone)).status).toBe(200);
    expect(await revoke(gone)).toMatchObject(refused(409, 'conflict'));
    expect(await run(gone, two)).toMatchObject(refused(403, 'order_refused'));
    clock.advance(HOUR);
    expect(await run(expired)).toMatchObject(refused(403, 'order_refused'));
    clock.advance(1_000); // Entries of one millisecond have no order.
    const bob = await operatorActs(() => one).join('Bob', 'responder', ada);
    const his = await prepared({}, bob);
    await one.signed(
      {
        route: 'operators.revoke',
        path: `/api/operators/${bob.id}/revoke`,
        body: { reason: 'left' },
      },
      ada,
    );
    expect(await stateOf(his)).toMatchObject({ state: 'void' });
    expect(await run(his)).toMatchObject(refused(403, 'order_refused'));
    expect(await stateOf(orphan)).toMatchObject({ state: 'expired' });
    expect(await because()).toEqual([
      'this order was revoked',
      'this order has expired',
      'whoever signed this order may order no such thing any more',
    ]);
    expect(await frozen()).toBeNull();
    await integrated(db);
    await runJob(one, 'alerts');
    const { alerts } = (await one.get('/api/alerts')).body;
    expect(alerts.map(({ rule }: { rule: string }) => rule)).toEqual(Array(3).fill('order-refused'));
  });
});

describe('a replayed order', () => {
  it('runs once when two instances are asked at the same time', async () => {
    const order = await prepared();
    const requests = Array.from({ length: 10 }, () => request(order));
    const answers = await Promise.all(requests.map((body, i) => send(body, i % 2 === 0 ? one : two)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(9);
    expect(await told(db, 'order.ran')).toHaveLength(1);
    expect(await told(db, 'spending.frozen')).toHaveLength(1);
    expect(await stateOf(order)).toMatchObject({ runsUsed: 1, refused: 9 });
  });

  it('is one run when the same request comes again, and none an hour later', async () => {
    const { accountId } = await accountsOf(() => one).open();
    const { name } = (await one.get(`/api/assume-stolen?kind=account&id=${accountId}`)).body.stolen;
    const until = new Date(clock.ms + 5 * HOUR).toISOString();
    const order = await prepared({
      does: 'contain',
      kind: 'account',
      credentialId: accountId,
      name,
      until,
      runs: 3,
    });
    const overheard = request(order);
    const answers = await Promise.all([one, two, one, two].map((api) => send(overheard, api)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403]);
    expect(await because()).toEqual(Array(3).fill('this very request was carried out before'));
    const waiting = request(order);
    clock.advance(HOUR);
    expect(await send(waiting)).toMatchObject(refused(403, 'order_refused'));
    expect(await stateOf(order)).toMatchObject({ runsUsed: 1, refused: 4 });
  });

  it('is told twenty times and counted beyond, so that nobody floods the ledger', async () => {
    const order = await prepared();
    await revoke(order);
    for (let i = 0; i < 23; i += 1) await run(order);
    expect(await because()).toHaveLength(20);
    expect(await stateOf(order)).toMatchObject({ refused: 23 });
  });
});

describe('another service’s order', () => {
  const foreign = (service: string): Made => {
    const id = makeId('order', randomBytes(10), clock.ms);
    const code = codeOf(randomBytes(20));
    const file = renderOrder({
      ...{ id, service, act: { does: 'freeze' }, reason: 'r', runs: 1, seal: sealOf(code, id) },
      ...{ preparedAt: clock.now().toISOString(), until: new Date(clock.ms + HOUR).toISOString() },
      preparedBy: { id: 'opr_01jd0000000000000000000000', name: 'Mallory' },
    });
    return { id, code, file, title: '' };
  };

  it('is refused, and so is one that names this service and was never signed here', async () => {
    const elsewhere = await run(foreign('sallyport-ledger/0000000000000000'));
    expect(elsewhere).toMatchObject(refused(401, 'order_invalid'));
    expect(elsewhere.body.error.message).toContain('another service');
    const own = (await prepared()).file.match(/service: (.+)/)?.[1] ?? '';
    expect(await run(foreign(own))).toMatchObject(refused(401, 'order_invalid'));
    expect(await frozen()).toBeNull();
  });

  it('gives no run back, whatever the api’s role of the database tries', async () => {
    const order = await prepared();
    await run(order);
    for (const set of [{ runs_used: 0 }, { runs_used: 2 }])
      await expect(
        db.kysely.updateTable('break_glass_orders').set(set).where('id', '=', order.id).execute(),
      ).rejects.toThrow();
  });
});
