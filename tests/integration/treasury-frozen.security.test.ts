import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tx } from '../../service/db/database.ts';
import { checkConservation } from '../../service/treasury/conservation.ts';
import { balanceOf, openHold, openHolds, postHold, voidHold } from '../../service/treasury/holds.ts';
import { move } from '../../service/treasury/moves.ts';
import { walletStates } from '../../service/treasury/rederive.ts';
import { freezeWallet, unfreezeWallet } from '../../service/treasury/wallet-freeze.store.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { addressOf } from '../../shared/money/wallets.ts';
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

/** One try, unlike the service's own transactions: a deadlock is a failure here, not a reason to repeat. */
const once = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.kysely.transaction().execute(work);

describe('the money of a frozen wallet', () => {
  let [rich, poor] = [] as unknown as [TestOwner, TestOwner];
  beforeEach(async () => {
    [rich, poor] = await openWallets(db);
    await fund(db, rich, 100n);
  });
  const hold = (units: bigint) => once((tx) => openHold(tx, noStage, holdOf(rich, units)));
  const pay = (from: TestOwner, to: TestOwner, units: bigint) =>
    once((tx) =>
      move(tx, { kind: 'transfer', from: addressOf(from), to: addressOf(to), units, tell: tellNobody }),
    );
  const conserved = async () => expect((await checkConservation(db, new Date())).holds).toBe(true);
  const freezeId = makeId('walletFreeze', new Uint8Array(10), 0);
  const freeze = (owner = rich) =>
    once((tx) =>
      freezeWallet(tx, addressOf(owner), { id: freezeId, at: new Date(), by: 'x', reason: 'stolen' }),
    );

  it('is credited and settles what was held before, and nothing else leaves it', async () => {
    const [settled, voided] = [await hold(20n), await hold(30n)];
    expect(await freeze()).toMatchObject({ freeze_id: freezeId });
    expect(await freeze(), 'again').toBeUndefined();
    await expect(hold(1n)).rejects.toMatchObject({ code: 'wallet-frozen' });
    await expect(pay(rich, poor, 1n)).rejects.toMatchObject({ code: 'wallet-frozen' });
    await once((tx) => postHold(tx, noStage, { holdId: settled.holdId, units: 15n, payee: 'revenue' }));
    await once((tx) => voidHold(tx, noStage, { holdId: voided.holdId, reason: 'x' }));
    await fund(db, rich, 5n);
    await fund(db, poor, 9n);
    await pay(poor, rich, 9n);
    expect(await balanceOf(db.kysely, rich)).toEqual({ posted: 99n, held: 0n, available: 99n });
    expect(await once((tx) => unfreezeWallet(tx, addressOf(rich), `${freezeId.slice(0, -1)}1`))).toBe(false);
    await expect(hold(1n)).rejects.toMatchObject({ code: 'wallet-frozen' });
    expect(await once((tx) => unfreezeWallet(tx, addressOf(rich), freezeId))).toBe(true);
    await hold(99n);
    await conserved();
  });

  it('costs nobody else of its group anything', async () => {
    await fund(db, poor, 10n);
    await freeze();
    const all = await once((tx) =>
      openHolds(
        tx,
        [rich, poor, rich].map((payer) => ({ ...holdOf(payer, 5n), admit: () => undefined })),
        tellNobody,
      ),
    );
    expect(all.map((one) => 'holdId' in one)).toEqual([false, true, false]);
  });

  it('is spent from by nobody once its freeze was answered, whatever was in flight', async () => {
    await fund(db, rich, 1_000_000n);
    let atAnswer = -1n;
    const spentOf = async () => {
      const { posted, held } = await balanceOf(db.kysely, rich);
      return 1_000_100n - posted + held;
    };
    const spends = await hammer(150, async (n) => {
      if (n === 40) {
        await freeze();
        atAnswer = await spentOf();
        return 'frozen';
      }
      return n % 2 === 0 ? hold(1n) : pay(rich, poor, 1n);
    });
    expect(await spentOf()).toBe(atAnswer);
    const done = spends.filter(({ status }) => status === 'fulfilled').length;
    expect(BigInt(done - 1)).toBe(atAnswer);
    expect(done).toBeLessThan(150);
    await conserved();
  });
});

describe('a freeze in the log', () => {
  it('is what the wallets are held against: one that nobody told of is found, and one that was told of twice is none', async () => {
    const [owner, other] = await openWallets(db);
    const [wallet, elsewhere] = [addressOf(owner), addressOf(other)];
    const freezeId = makeId('walletFreeze', randomBytes(10), 0);
    const freezeAs = (change: { readonly by?: string; readonly reason?: string } = {}) =>
      once((tx) =>
        freezeWallet(tx, wallet, { id: freezeId, at: new Date(), by: 'x', reason: 'x', ...change }),
      );
    const findings = (...kinds: readonly ('wallet.frozen' | 'wallet.unfrozen')[]) =>
      once(async (tx) => {
        const states = walletStates();
        await states.open(tx);
        const by = { id: 'evt_x', actor: 'x', agent: null };
        for (const [number, kind] of kinds.entries())
          states.take({ ...by, number, kind, data: { wallet, freezeId, reason: 'x' } });
        const ours = [wallet, elsewhere];
        return states.compare().filter(({ subject }) => ours.includes(subject));
      });
    expect(await findings()).toEqual([]);
    expect(await findings('wallet.frozen')).toMatchObject([
      { subject: wallet, fields: ['freezeId', 'frozenBy', 'freezeReason'] },
    ]);
    await freezeAs();
    expect(await findings('wallet.frozen')).toEqual([]);
    // Who froze it and why is what the two who unfreeze it go by.
    for (const [change, fields] of [
      [{ reason: 'a test' }, ['freezeReason']],
      [{ by: 'opr_mallory' }, ['frozenBy']],
      [{}, null],
    ] as const) {
      await once((tx) => unfreezeWallet(tx, wallet, freezeId));
      await freezeAs(change);
      expect(await findings('wallet.frozen')).toMatchObject(fields ? [{ subject: wallet, fields }] : []);
    }
    expect(await findings()).toMatchObject([{ subject: wallet, what: 'untold' }]);
    const open = { fields: ['freezeId', 'frozenBy', 'freezeReason'] };
    expect(await findings('wallet.frozen', 'wallet.unfrozen')).toMatchObject([open]);
  });
});

describe('the api role by SQL, with a frozen wallet', () => {
  let [ada_, bob_, pending] = ['', '', ''];
  const fresh = (kind: 'transfer' | 'hold') => makeId(kind, randomBytes(10), Date.now());
  beforeEach(async () => {
    const [first, second] = await openWallets(db);
    [ada_, bob_] = [addressOf(first), addressOf(second)];
    await fund(db, first, 100n);
    pending = (await once((tx) => openHold(tx, noStage, holdOf(first, 30n)))).holdId;
  });

  const freezeSql = (address: string, digit = '0') =>
    `UPDATE wallets SET freeze_id = 'wfz_${digit.repeat(26)}', frozen_at = now(), frozen_by = 'x',
       freeze_reason = 'x' WHERE address = '${address}'`;
  const OPEN =
    'UPDATE wallets SET freeze_id = NULL, frozen_at = NULL, frozen_by = NULL, freeze_reason = NULL';
  /** The statements in one transaction that is taken back. @returns the constraint that refused, or that nothing did */
  async function attempt(statements: readonly string[]): Promise<string> {
    try {
      await once(async (tx) => {
        for (const statement of statements) await sql.raw(statement).execute(tx);
        throw new RangeError('nothing refused');
      });
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      return (error as { constraint: string | null }).constraint ?? String(error);
    }
    return 'unreachable';
  }
  const entry = (kind: string, from: string, to: string, units: number, hold?: string) => {
    const id = fresh('transfer');
    return [
      `INSERT INTO transfers (id, kind, from_wallet, to_wallet, units, hold_id)
       VALUES ('${id}', '${kind}', '${from}', '${to}', ${units}, ${hold ? `'${hold}'` : 'NULL'})`,
      `INSERT INTO postings (transfer_id, wallet, units)
       VALUES ('${id}', '${from}', ${-units}), ('${id}', '${to}', ${units})`,
    ];
  };
  /** The hold that was opened before, posted to somebody. */
  const settles = (to: string) => {
    const [transfer = '', postings = ''] = entry('settlement', ada_, to, 30, pending);
    const id = transfer.match(/trf_\w+/)?.[0];
    const post = `UPDATE holds SET state = 'posted', ended_at = now(), posted_units = 30, transfer_id = '${id}'
      WHERE id = '${pending}'`;
    return [post, transfer, postings];
  };
  const holdSql = () =>
    `INSERT INTO holds (id, wallet, units, purpose, reference, expires_at)
     VALUES ('${fresh('hold')}', '${ada_}', 1, 'x', 'x', now() + interval '1 minute')`;

  it.each<[string, string, () => string[]]>([
    ['spends', 'wallet_is_frozen', () => entry('transfer', ada_, bob_, 1)],
    ['corrects', 'wallet_is_frozen', () => entry('correction', ada_, 'revenue', 1)],
    ['takes back what was granted', 'wallet_is_frozen', () => entry('admin_grant', ada_, 'issuance', 1)],
    ['holds', 'wallet_is_frozen', () => [holdSql()]],
    ['pays out what was held before', 'wallet_is_frozen', () => settles(bob_)],
    ['settles without a hold', 'transfers_settle_one_hold', () => entry('settlement', ada_, bob_, 1)],
    [
      'settles a hold that is not posted',
      'transfers_settle_their_hold',
      () => entry('settlement', ada_, bob_, 1, pending),
    ],
    ['writes one freeze over another', 'wallets_change_by_entries_only', () => [freezeSql(ada_, '1')]],
    [
      'writes a balance while it unfreezes',
      'wallets_change_by_entries_only',
      () => [OPEN.replace('SET', 'SET posted = posted + 1,')],
    ],
  ])('%s: %s', async (_what, constraint, statements) => {
    expect(await attempt([freezeSql(ada_), ...statements()])).toBe(constraint);
  });

  const STOP = `INSERT INTO spending_freezes (id, frozen_at, frozen_by, reason)
    VALUES ('frz_${'0'.repeat(26)}', now(), 'x', 'x')`;

  it('pays out what was held before, with all spending stopped: spending_is_frozen', async () => {
    expect(await attempt([STOP, ...settles(bob_)])).toBe('spending_is_frozen');
  });

  it('settles what was held before with the platform, under both freezes, and pays out under none', async () => {
    expect(await attempt([freezeSql(ada_), STOP, ...settles('revenue')])).toBe('nothing refused');
    expect(await attempt(settles(bob_))).toBe('nothing refused');
  });

  it('freezes no wallet by halves: wallets_frozen_as_a_whole', async () => {
    const halves = `UPDATE wallets SET freeze_id = 'wfz_${'0'.repeat(26)}' WHERE address = '${ada_}'`;
    expect(await attempt([halves])).toBe('wallets_frozen_as_a_whole');
  });

  it.each(['issuance', 'platform-loss', 'revenue'])(
    'freezes %s: wallets_freeze_owners_only',
    async (name) => {
      expect(await attempt([freezeSql(name)])).toBe('wallets_freeze_owners_only');
    },
  );

  it('credits it, lets another pay, and spends again once it is open', async () => {
    const allowed = [
      ...[freezeSql(ada_), ...entry('admin_grant', 'issuance', ada_, 3)],
      ...[...entry('admin_grant', 'issuance', bob_, 2), ...entry('transfer', bob_, ada_, 2)],
      ...[`${OPEN} WHERE address = '${ada_}'`, ...entry('transfer', ada_, bob_, 1), holdSql()],
    ];
    expect(await attempt(allowed)).toBe('nothing refused');
  });
});
