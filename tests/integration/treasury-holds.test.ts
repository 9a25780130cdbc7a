import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { transact } from '../../service/db/database.ts';
import { balanceOf, bookLoss, openHold, postHold, voidHold } from '../../service/treasury/holds.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { fund, noStage, openWallets } from '../fixtures/treasury.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

const later = () => new Date(Date.now() + 60_000);
let ada: { type: 'account'; id: string };
let bob: { type: 'account'; id: string };

beforeEach(async () => {
  await cluster.reset();
  [ada, bob] = await openWallets(db, 2);
  await fund(db, ada, 100n);
});

const hold = (units: bigint, payer = ada) =>
  transact(db, (tx) =>
    openHold(tx, noStage, { payer, units, purpose: 'generation', reference: 'gen_1', expiresAt: later() }),
  );

describe('a hold', () => {
  it('takes what is available and no more', async () => {
    await hold(60n);
    expect(await balanceOf(db.kysely, ada)).toEqual({ posted: 100n, held: 60n, available: 40n });
    await expect(hold(41n)).rejects.toMatchObject({ code: 'insufficient-funds' });
    await hold(40n);
  });

  it('is posted for less than it held; the rest is free again', async () => {
    const { holdId } = await hold(60n);
    await transact(db, (tx) => postHold(tx, noStage, { holdId, units: 25n, payee: 'revenue' }));
    expect(await balanceOf(db.kysely, ada)).toEqual({ posted: 75n, held: 0n, available: 75n });
    await expect(
      transact(db, (tx) => postHold(tx, noStage, { holdId, units: 1n, payee: 'revenue' })),
    ).rejects.toMatchObject({ code: 'hold-not-open' });
  });

  it('pays another wallet', async () => {
    const { holdId } = await hold(60n);
    await transact(db, (tx) => postHold(tx, noStage, { holdId, units: 60n, payee: bob }));
    expect((await balanceOf(db.kysely, bob)).available).toBe(60n);
  });

  it('is voided, or posted for nothing, and books a loss', async () => {
    const { holdId } = await hold(60n);
    await transact(db, (tx) => voidHold(tx, noStage, { holdId, reason: 'upstream failed' }));
    const second = await hold(60n);
    await transact(db, async (tx) => {
      await postHold(tx, noStage, { holdId: second.holdId, units: 0n, payee: 'revenue' });
      await bookLoss(tx, noStage, { units: 7n, reference: 'gen_1' });
    });
    expect((await balanceOf(db.kysely, ada)).available).toBe(100n);
    const { rows } = await sql<{ sum: string }>`SELECT sum(posted) FROM wallets`.execute(db.kysely);
    expect(rows[0]?.sum).toBe('0');
  });
});
