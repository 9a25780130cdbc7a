import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tx } from '../../service/db/database.ts';
import { checkConservation } from '../../service/treasury/conservation.ts';
import { expireHolds } from '../../service/treasury/expiry.ts';
import {
  balanceOf,
  bookLoss,
  openHold,
  openHolds,
  postHold,
  postHolds,
  voidHold,
} from '../../service/treasury/holds.ts';
import { move } from '../../service/treasury/moves.ts';
import { addressOf } from '../../shared/money/wallets.ts';
import { testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import {
  fund,
  hammer,
  holdOf,
  noStage,
  openWallets,
  type TestOwner,
  tellNobody,
} from '../fixtures/treasury.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 18);
const staging = testStaging({ now: () => new Date(), monotonic: () => 0 }, cluster.keys.stagingMac);

let [ada, bob, eve] = [] as unknown as [TestOwner, TestOwner, TestOwner];

beforeEach(async () => {
  await cluster.reset();
  [ada, bob, eve] = await openWallets(db);
  await fund(db, ada, 100n);
});

/** One try, unlike the service's own transactions: a deadlock is a failure here, not a reason to repeat. */
const once = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.kysely.transaction().execute(work);

const hold = (units: bigint, payer = ada) => once((tx) => openHold(tx, noStage, holdOf(payer, units)));
const post = (holdId: string, units: bigint, payee: 'revenue' | TestOwner = 'revenue') =>
  once((tx) => postHold(tx, noStage, { holdId, units, payee }));
const void_ = (holdId: string) => once((tx) => voidHold(tx, noStage, { holdId, reason: 'x' }));
const pay = (from: TestOwner, to: TestOwner, units: bigint) =>
  once((tx) =>
    move(tx, { kind: 'transfer', from: addressOf(from), to: addressOf(to), units, tell: tellNobody }),
  );
/** What came of each: `good`, or the code of the refusal; anything else fails the test. */
const outcomes = async (times: number, work: (n: number) => Promise<unknown>) =>
  (await hammer(times, work)).map((one) => {
    if (one.status === 'fulfilled') return 'good';
    if ((one.reason as Error).name !== 'TreasuryError') throw one.reason;
    return (one.reason as { code: string }).code;
  });
const goodOf = (all: readonly string[]) => all.filter((one) => one === 'good').length;

const conserved = async () => {
  const books = await checkConservation(db, new Date());
  expect(books).toMatchObject({ holds: true, sum: '0.00000000', disagreements: [] });
  return books;
};

describe('a hold', () => {
  it('takes what is available and no more', async () => {
    await hold(60n);
    expect(await balanceOf(db.kysely, ada)).toEqual({ posted: 100n, held: 60n, available: 40n });
    await expect(hold(41n)).rejects.toMatchObject({ code: 'insufficient-funds' });
    await expect(pay(ada, bob, 41n)).rejects.toMatchObject({ code: 'insufficient-funds' });
    await hold(40n);
    await conserved();
  });

  it('is refused where there is no wallet, and for nothing', async () => {
    const nobody = { type: 'account', id: `acc_${'z'.repeat(26)}` } as const;
    await expect(hold(1n, nobody)).rejects.toMatchObject({ code: 'unknown-wallet' });
    await expect(balanceOf(db.kysely, nobody)).rejects.toMatchObject({ code: 'unknown-wallet' });
    await expect(hold(0n)).rejects.toMatchObject({ code: 'amount-invalid' });
  });

  it('is posted for less than it held; the rest is free again', async () => {
    const { holdId } = await hold(60n);
    await post(holdId, 25n);
    expect(await balanceOf(db.kysely, ada)).toEqual({ posted: 75n, held: 0n, available: 75n });
    await expect(post(holdId, 1n)).rejects.toMatchObject({ code: 'hold-not-open' });
    await expect(void_(holdId)).rejects.toMatchObject({ code: 'hold-not-open' });
    await conserved();
  });

  it('pays another wallet, and never more than it holds', async () => {
    const { holdId } = await hold(60n);
    await expect(post(holdId, 61n, bob)).rejects.toMatchObject({ code: 'over-hold' });
    await expect(post(holdId, 60n, ada)).rejects.toMatchObject({ code: 'same-wallet' });
    await expect(post('hld_none', 1n)).rejects.toMatchObject({ code: 'unknown-hold' });
    await post(holdId, 60n, bob);
    expect((await balanceOf(db.kysely, bob)).available).toBe(60n);
  });

  it('is voided, or posted for nothing, and a loss is the platform’s', async () => {
    await void_((await hold(60n)).holdId);
    const { holdId } = await hold(60n);
    await once(async (tx) => {
      await postHold(tx, noStage, { holdId, units: 0n, payee: 'revenue' });
      await bookLoss(tx, noStage, { units: 7n, reference: 'gen_1' });
    });
    expect((await balanceOf(db.kysely, ada)).available).toBe(100n);
    expect(await conserved()).toMatchObject({ platformLoss: '-0.00000007', revenue: '0.00000007' });
  });

  it('undoes nothing of a settlement whose event cannot be staged', async () => {
    const { holdId } = await hold(60n);
    const broken = () => Promise.reject(new Error('the ledger is full'));
    await expect(
      once((tx) => postHold(tx, broken, { holdId, units: 25n, payee: 'revenue' })),
    ).rejects.toThrow('the ledger is full');
    expect(await balanceOf(db.kysely, ada)).toEqual({ posted: 100n, held: 60n, available: 40n });
    await post(holdId, 60n);
  });
});

describe('a group of holds', () => {
  const groupOf = (...units: readonly (readonly [TestOwner, bigint])[]) =>
    once((tx) =>
      openHolds(
        tx,
        units.map(([payer, amount]) => ({ ...holdOf(payer, amount), admit: () => undefined })),
        tellNobody,
      ),
    );

  it('judges each by what those before it leave, and lets nobody pay for a refusal of another', async () => {
    await fund(db, bob, 10n);
    const all = await groupOf([ada, 60n], [eve, 1n], [ada, 41n], [bob, 10n], [ada, 40n]);
    expect(all.map((one) => 'holdId' in one)).toEqual([true, false, false, true, true]);
    expect(await balanceOf(db.kysely, ada)).toEqual({ posted: 100n, held: 100n, available: 0n });
    await conserved();
  });

  it('takes nothing for one that its asker refuses', async () => {
    const admit = () => {
      throw new RangeError('over my limit');
    };
    const [outcome] = await once((tx) => openHolds(tx, [{ ...holdOf(ada, 5n), admit }], tellNobody));
    expect(outcome).toMatchObject({ refused: { message: 'over my limit' } });
    expect((await balanceOf(db.kysely, ada)).held).toBe(0n);
  });

  it('is posted as a whole or not at all', async () => {
    const [one, two] = [await hold(30n), await hold(20n)];
    const postAll = (...units: readonly bigint[]) =>
      once((tx) =>
        postHolds(
          tx,
          [one, two].map(({ holdId }, i) => ({ holdId, units: units[i] ?? 0n, payee: 'revenue' as const })),
          (posted) => Promise.all(posted.map(tellNobody)),
        ),
      );
    await expect(postAll(1n, 21n)).rejects.toMatchObject({ code: 'over-hold' });
    expect((await balanceOf(db.kysely, ada)).held).toBe(50n);
    await postAll(25n, 0n);
    expect(await balanceOf(db.kysely, ada)).toEqual({ posted: 75n, held: 0n, available: 75n });
    await expect(postAll(1n, 1n)).rejects.toMatchObject({ code: 'hold-not-open' });
    expect(await conserved()).toMatchObject({ revenue: '0.00000025' });
  });
});

describe('many at once', () => {
  it.each([
    ['transfers', 7n, (units: bigint) => pay(ada, bob, units)],
    ['holds', 7n, (units: bigint) => hold(units)],
    ['holds that are posted at once', 9n, async (units: bigint) => post((await hold(units)).holdId, units)],
  ])('%s on one balance: exactly floor(balance / amount) succeed', async (_what, units, spend) => {
    const all = await outcomes(48, () => spend(units));
    expect(goodOf(all)).toBe(Number(100n / units));
    expect(new Set(all)).toEqual(new Set(['good', 'insufficient-funds']));
    await conserved();
  });

  it('transfers in a circle never wait for each other', async () => {
    await fund(db, bob, 100n);
    await fund(db, eve, 100n);
    const circle = [
      [ada, bob],
      [bob, eve],
      [eve, ada],
      [bob, ada],
    ] as const;
    const all = await outcomes(240, (i) => {
      const [from, to] = circle[i % circle.length] ?? [ada, bob];
      // Every fifth goes through a hold, which locks the hold before the wallets.
      return i % 5 === 0 ? hold(1n, from).then(({ holdId }) => post(holdId, 1n, to)) : pay(from, to, 1n);
    });
    expect(new Set(all)).toEqual(new Set(['good']));
    await conserved();
  });

  it('ends of one hold: one of them, whichever', async () => {
    const { holdId } = await hold(60n);
    const all = await outcomes(24, (i) =>
      i % 3 === 0 ? void_(holdId) : post(holdId, 60n, i % 3 === 1 ? bob : 'revenue'),
    );
    expect(goodOf(all)).toBe(1);
    expect(new Set(all)).toEqual(new Set(['good', 'hold-not-open']));
    await conserved();
  });
});

describe('time', () => {
  const overdue = (units: bigint) =>
    once((tx) => openHold(tx, noStage, { ...holdOf(ada, units), expiresAt: new Date(0) }));

  it('frees what nobody settled, once, however many instances look', async () => {
    for (let i = 0; i < 10; i += 1) await overdue(5n);
    const { holdId: open } = await hold(50n);
    const counts = await Promise.all(Array.from({ length: 4 }, () => expireHolds(db, staging)));
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(10);
    expect(await balanceOf(db.kysely, ada)).toEqual({ posted: 100n, held: 50n, available: 50n });
    const told = await db.kysely
      .selectFrom('ledger_staged')
      .select('id')
      .where('kind', '=', 'hold.expired')
      .execute();
    expect(told).toHaveLength(10);
    await post(open, 50n);
    await conserved();
  });

  it('does not take a hold away from who is posting it: one of both ends it', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push((await overdue(5n)).holdId);
    const [expired, all] = await Promise.all([
      expireHolds(db, staging),
      outcomes(12, (n) => post(ids[n] ?? '', 5n)),
    ]);
    // One that was passed over because it was in hand has been posted since.
    expect(expired + goodOf(all)).toBe(12);
    expect((await balanceOf(db.kysely, ada)).held).toBe(0n);
    await conserved();
  });
});
