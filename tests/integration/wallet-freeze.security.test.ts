import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transact } from '../../service/db/database.ts';
import { openHold, postHold } from '../../service/treasury/holds.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { addressOf } from '../../shared/money/wallets.ts';
import { accountsOf } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { told } from '../fixtures/incidents.ts';
import { operatorActs } from '../fixtures/operators.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { fund, holdOf, noStage } from '../fixtures/treasury.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);
let clock: TestClock;
/** Two instances on one database. */
let one: TestApi;
let two: TestApi;
let ada: TestOperator;

beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  const staging = testStaging(clock, cluster.keys.stagingMac);
  one = await startTestApi({ db, clock, staging });
  two = await startTestApi({ db, clock, staging });
  ada = await one.enrolFirst('Ada');
});
afterEach(async () => {
  await one.close();
  await two.close();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const refused = (status: number, type: string) => ({ status, body: { error: { type } } });

describe('freezing one wallet', () => {
  const FREEZE = { route: 'wallets.freeze', path: '/api/wallets/freeze' } as const;
  const freeze = (wallet: string, more: { idempotencyKey?: string } = {}, by = ada, api = one) =>
    api.signed({ ...FREEZE, body: { wallet, reason: 'drain' }, ...more }, by);
  const unfreeze = (wallet: string, freezeId: string, by = ada) =>
    one.signed(
      {
        ...{ route: 'wallets.unfreeze', path: '/api/wallets/unfreeze' },
        body: { wallet, freezeId, reason: 'contained' },
      },
      by,
    );
  const shown = async (query: string) => (await two.get(`/api/wallets?${query}`)).body.wallets;
  /** Two accounts with credits; the first spends by its own token. */
  async function pair() {
    const { accountId, accessToken } = await accountsOf(() => one).open();
    const { accountId: otherId } = await accountsOf(() => one).open('other@example.org');
    const [owner, other] = [accountId, otherId].map((id) => ({ type: 'account' as const, id })) as [
      { type: 'account'; id: string },
      { type: 'account'; id: string },
    ];
    await fund(db, owner, 1_000n);
    await fund(db, other, 1_000n);
    const [wallet, to] = [addressOf(owner), addressOf(other)];
    const spend = (key: string) =>
      two.adminApp.inject({
        ...{ method: 'POST', url: '/api/v1/transfers' },
        headers: { ...bearer(accessToken), 'content-type': 'application/json', 'idempotency-key': key },
        payload: { toAddress: to, amount: '0.00000001' },
      });
    return { owner, other, wallet, to, spend, accessToken };
  }

  it('is handed over with the shift, which is refused over one that was frozen since', async () => {
    const { wallet } = await pair();
    const shift = async () => (await one.get('/api/shift')).body.shift;
    const give = (wallets: unknown, note = 'ask the owner at eight') =>
      one.signed(
        {
          ...{ route: 'shift.hand-over', path: '/api/shift/hand-over' },
          body: { incidents: [], freezeId: null, wallets, note },
        },
        ada,
      );
    const before = await shift();
    expect(before.wallets).toEqual([]);
    const { freeze: made } = (await freeze(wallet)).body.wallet;
    expect(await give(before.wallets)).toMatchObject(refused(409, 'conflict'));
    expect(await shift()).toMatchObject({
      ...{ wallets: [{ address: wallet, freezeId: made.id }], walletReasons: ['drain'] },
    });
    const given = await give([{ address: wallet, freezeId: made.id }]);
    expect(given).toMatchObject({ status: 201, body: { handover: { wallets: [{ address: wallet }] } } });
    expect((await shift()).handovers[0].wallets).toEqual([{ address: wallet, freezeId: made.id }]);
    expect(await told(db, 'shift.handed-over')).toMatchObject([{ wallets: [wallet] }]);
  });

  it('stops what leaves it and nothing else, and takes two persons to undo', async () => {
    const bob = await operatorActs(() => one).join('Bob', 'administrator', ada);
    const { owner, other, wallet, to, spend, accessToken } = await pair();
    const before = await spend('before-0001');
    expect(before.statusCode, before.body).toBe(201);
    const { holdId } = await transact(db, (tx) => openHold(tx, noStage, holdOf(owner, 100n)));
    const frozen = await freeze(wallet);
    expect(frozen.status, frozen.text).toBe(201);
    const freezeId = frozen.body.wallet.freeze.id;
    const refusal = await spend('frozen-0001');
    expect([refusal.statusCode, refusal.json().error.type]).toEqual([423, 'wallet_frozen']);
    expect((await spend('before-0001')).json(), 'what was paid before').toEqual(before.json());
    await expect(transact(db, (tx) => openHold(tx, noStage, holdOf(owner, 1n)))).rejects.toMatchObject({
      code: 'wallet-frozen',
    });
    const correction = { from: wallet, to: 'revenue', amount: '0.00000001', reason: 'x' };
    const taken = { to: wallet, amount: '-0.00000001', reason: 'x' };
    for (const [route, body] of [
      ['transfer', correction],
      ['grant', taken],
    ] as const)
      expect(
        await one.signed({ route: `treasury.${route}`, path: `/api/wallets/${route}`, body }, ada),
      ).toMatchObject(refused(423, 'wallet_frozen'));
    await fund(db, owner, 1n);
    await transact(db, (tx) => postHold(tx, noStage, { holdId, units: 60n, payee: 'revenue' }));
    await transact(db, (tx) => openHold(tx, noStage, holdOf(other, 1n)));
    expect((await shown('frozen=only')).map((one: { address: string }) => one.address)).toEqual([wallet]);
    expect((await shown(`wallet=${to}`))[0]).toMatchObject({ address: to, frozenAt: null, freeze: null });
    // Its owner is told that it is frozen, and not by whom or why: that may be the thief.
    const [own] = (await one.get('/api/v1/wallets', bearer(accessToken))).body.wallets;
    expect([own.frozenAt, 'freeze' in own]).toEqual([frozen.body.wallet.frozenAt, false]);

    const proposed = await unfreeze(wallet, freezeId);
    expect(proposed.status, proposed.text).toBe(202);
    expect((await spend('frozen-0002')).statusCode).toBe(423);
    expect((await operatorActs(() => one).approve(proposed.body.proposal, bob)).status).toBe(200);
    expect((await spend('after-0001')).statusCode).toBe(201);
    expect(await told(db, 'wallet.frozen')).toEqual([{ freezeId, wallet, reason: 'drain' }]);
    expect(await told(db, 'wallet.unfrozen')).toMatchObject([{ freezeId, wallet, reason: 'contained' }]);
  });

  it('is done once, however often it is sent, and undone for the freeze that was meant', async () => {
    const bob = await operatorActs(() => one).join('Bob', 'administrator', ada);
    const { wallet } = await pair();
    const idempotencyKey = 'a-freeze-that-is-sent-again';
    const [first, again] = [
      await freeze(wallet, { idempotencyKey }),
      await freeze(wallet, { idempotencyKey }),
    ];
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
    expect(await freeze(wallet, {}, ada, two)).toMatchObject(refused(409, 'conflict'));
    expect(await told(db, 'wallet.frozen')).toHaveLength(1);
    const proposed = await unfreeze(wallet, first.body.wallet.freeze.id);
    const twin = await unfreeze(wallet, first.body.wallet.freeze.id, bob);
    expect(twin.status, twin.text).toBe(202);
    expect((await operatorActs(() => one).approve(proposed.body.proposal, bob)).status).toBe(200);
    expect((await freeze(wallet)).status).toBe(201);
    // It was asked for the freeze before: the one that is in force stays.
    expect(await operatorActs(() => one).approve(twin.body.proposal, ada)).toMatchObject(
      refused(409, 'conflict'),
    );
    expect(await unfreeze(wallet, first.body.wallet.freeze.id)).toMatchObject(refused(409, 'conflict'));
    expect((await shown(`wallet=${wallet}`))[0].freeze).not.toBeNull();
  });

  it.each(['issuance', 'platform-loss', 'revenue'])(
    'is refused for %s, and says what to do',
    async (name) => {
      const answer = await freeze(name);
      expect(answer).toMatchObject(refused(409, 'conflict'));
      expect(answer.body.error.message).toContain('stop all spending');
      expect(await told(db, 'wallet.frozen')).toEqual([]);
    },
  );

  it('is refused where there is no wallet, and unfreezing where nothing is frozen', async () => {
    const nobody = addressOf({ type: 'account', id: makeId('account', randomBytes(10), clock.ms) });
    expect(await freeze(nobody)).toMatchObject(refused(404, 'not_found'));
    const { wallet } = await pair();
    const none = makeId('walletFreeze', randomBytes(10), clock.ms);
    await operatorActs(() => one).join('Bob', 'administrator', ada);
    expect(await unfreeze(wallet, none)).toMatchObject(refused(409, 'conflict'));
    expect(await unfreeze(nobody, none)).toMatchObject(refused(404, 'not_found'));
    expect(await told(db, 'wallet.frozen')).toEqual([]);
  });

  it('leaves a thief nothing to spend, and says so', async () => {
    const { owner, wallet } = await pair();
    await freeze(wallet);
    const { body } = await one.get(`/api/assume-stolen?kind=account&id=${owner.id}`);
    expect(body.stolen.spend).toMatchObject({ credits: '0.00000000' });
    expect(body.stolen.spend.because).toContain(`${wallet} is frozen.`);
  });
});
