import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { paymentStates } from '../../service/autonomy/payments/rederive.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { PayerBench, PRICE } from '../fixtures/payer-bench.ts';
import type { Manner } from '../fixtures/paywall.ts';
import { rederived } from '../fixtures/rederive.ts';
import { newWallet } from '../fixtures/solana-node.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);

let bench: PayerBench;
beforeEach(async () => {
  bench = await PayerBench.open(cluster, db);
});
afterEach(async () => {
  // Whatever a hostile paywall did: the log tells the payments as they are stored.
  const found = await rederived(db, paymentStates);
  await bench.close();
  expect(found).toEqual([]);
});

/** Longer than a blockhash lives, with the blocks that a node may lag behind. */
const EXPIRED_BLOCKS = 400;

const fakeTransaction = (): string =>
  `5${'VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnb'.repeat(2)}`.slice(0, 87);

describe('a hostile paywall', () => {
  const stranger = newWallet().address;
  const asks = (change: Record<string, unknown>): Manner => ({
    requirement: (given) => ({ ...given, ...change }),
  });
  const table: [string, () => Manner, string][] = [
    ['another network', () => asks({ network: 'solana' }), 'network'],
    ['another chain', () => asks({ network: 'base-sepolia' }), 'network'],
    ['another scheme', () => asks({ scheme: 'upto' }), 'scheme'],
    ['more than the task may cost', () => asks({ maxAmountRequired: '2001' }), 'amount-above-cost'],
    ['another recipient', () => asks({ payTo: stranger }), 'recipient'],
    ['another asset', () => asks({ asset: stranger }), 'asset'],
    ['the fee as well', () => asks({ extra: { feePayer: bench.pair.publicKey } }), 'fee-payer'],
    [
      'the requirement of another resource',
      () => asks({ resource: bench.paywall.url('/other') }),
      'resource',
    ],
    ['a negative amount', () => asks({ maxAmountRequired: '-1' }), 'requirement-malformed'],
    ['an amount without end', () => asks({ maxAmountRequired: '9'.repeat(40) }), 'requirement-malformed'],
    ['a fraction', () => asks({ maxAmountRequired: '1.5' }), 'requirement-malformed'],
    ['nobody to pay the fee', () => asks({ extra: {} }), 'requirement-malformed'],
    ['with 200 kB', () => ({ hugeBody: true }), 'requirement-too-large'],
    ['by a redirect to a private address', () => ({ redirect: 'http://169.254.169.254/' }), 'redirected'],
    ['by a redirect to another host', () => ({ redirect: 'https://evil.example/' }), 'redirected'],
  ];

  it('costs nothing and is told, whatever it asks for', async () => {
    const sessionId = await bench.session();
    for (const [index, [what, manner, reason]] of table.entries()) {
      bench.paywall.manner = manner();
      const id = await bench.task({ sessionId, url: bench.paywall.url(`/${index}`) });
      await bench.run();
      const told = (await bench.staged('payer.payment-refused')).at(-1);
      expect(told, what).toMatchObject({ taskId: id, reason });
      const failed = { failures: 1, backoffSeconds: 15, lastError: reason };
      expect(await bench.taskOf(id), what).toMatchObject(failed);
    }
    expect([await bench.paid(), bench.paywall.received, await bench.payments()]).toEqual([0n, [], []]);
    expect((await bench.api.get(`/api/sessions/${sessionId}`)).body.session.signaturesUsed).toBe(0);
  });

  it('is not reached at a private address that nobody configured', async () => {
    await bench.task();
    await bench.run(await bench.instance({ privateNetworks: [] }));
    expect(bench.paywall.asks).toBe(0);
    expect(await bench.staged('payer.payment-refused')).toMatchObject([{ reason: 'address-refused' }]);
  });

  it('that asks again and again is given one payment, and never a second one', async () => {
    bench.paywall.manner = { endless: true };
    const id = await bench.task();
    for (let turn = 0; turn < 4; turn += 1) {
      await bench.run();
      bench.clock.advance(900_000);
    }
    expect(await bench.paid()).toBe(0n);
    expect(bench.paywall.received).toHaveLength(1);
    expect(await bench.staged('payer.settlement-disputed')).toMatchObject([{ reason: 'asked-again' }]);
    expect(await bench.taskOf(id)).toMatchObject({ lastError: 'payment-pending' });
    bench.node.pass(EXPIRED_BLOCKS);
    await bench.job('payer-payments');
    expect(await bench.payments()).toMatchObject([{ state: 'VOID', disputed: true }]);
  });

  it('that lies about the settlement is told at once', async () => {
    const lies: [Record<string, unknown>, string][] = [
      [{ network: 'solana' }, 'settlement-network'],
      [{ payer: stranger }, 'settlement-payer'],
      [{ transaction: 'paid' }, 'settlement-transaction'],
      [{ success: 'yes' }, 'settlement-malformed'],
    ];
    const sessionId = await bench.session({ signatureAllowance: 9 });
    const told = { success: true, transaction: fakeTransaction(), network: 'solana-devnet' };
    for (const [change, reason] of lies) {
      bench.paywall.manner = { lie: () => ({ ...told, payer: bench.pair.publicKey, ...change }) };
      const id = await bench.task({ sessionId, url: bench.paywall.url(`/${reason}`) });
      await bench.run();
      expect((await bench.staged('payer.settlement-disputed')).at(-1)).toMatchObject({ taskId: id, reason });
      expect(await bench.taskOf(id)).toMatchObject({ failures: 1, lastError: reason });
    }
    expect(await bench.paid()).toBe(0n);
  });

  it('that claims a settlement which never happened is found out by the network', async () => {
    const transaction = fakeTransaction();
    const settlement = { success: true, transaction, network: 'solana-devnet', payer: bench.pair.publicKey };
    bench.paywall.manner = { lie: () => settlement };
    await bench.task();
    await bench.run();
    expect(await bench.payments()).toMatchObject([{ state: 'SIGNED', transaction: null }]);
    bench.node.pass(EXPIRED_BLOCKS);
    await bench.job('payer-payments');
    await bench.job('payer-payments');
    expect(await bench.payments()).toMatchObject([{ state: 'VOID', disputed: true, transaction: null }]);
    expect(await bench.staged('payer.settlement-disputed')).toMatchObject([
      { reason: 'settlement-never-happened', claim: transaction },
    ]);
    expect(await bench.paid()).toBe(0n);
  });

  it('that takes the money and delivers nothing is paid once, and the task waits for a person', async () => {
    bench.paywall.manner = { withhold: true };
    const id = await bench.task();
    await bench.run();
    bench.clock.advance(15_000);
    await bench.run();
    expect(await bench.paid()).toBe(PRICE);
    expect(await bench.taskOf(id)).toMatchObject({ state: 'PAUSED', pausedReason: 'paid-already' });
    expect(await bench.staged('payer.payment-refused')).toMatchObject([{ reason: 'paid-already' }]);
    bench.paywall.manner = {};
    expect((await bench.act('resume', id, { sessionId: await bench.session() })).status).toBe(200);
    await bench.run();
    expect(await bench.paid()).toBe(2n * PRICE);
    expect(await bench.taskOf(id)).toMatchObject({ state: 'READY', failures: 0 });
  });

  it('gets no more in a day than the day’s cap, over every task and instance', async () => {
    const sessionId = await bench.session({ signatureAllowance: 100 });
    for (let n = 0; n < 8; n += 1) await bench.task({ url: bench.paywall.url(`/${n}`), sessionId });
    const other = await bench.instance();
    for (let turn = 0; turn < 3; turn += 1) await Promise.all([bench.run(), bench.run(other)]);
    expect(await bench.paid()).toBe(6n * PRICE);
    const refused = await bench.staged('payer.payment-refused');
    expect(new Set(refused.map((data) => data.reason))).toEqual(new Set(['amount-above-day']));
    expect((await bench.status()).assets[0]).toMatchObject({ spentToday: '9000', mostPerDay: '10000' });
  });
});

describe('a payment that somebody changed in the database', () => {
  it('is found, because the log tells the payment as it was made', async () => {
    await bench.task();
    await bench.run();
    const owner = cluster.open('migrator', 1);
    const write = (change: string) =>
      sql
        .raw(
          `ALTER TABLE payer_payments DISABLE TRIGGER USER; UPDATE payer_payments SET ${change}; ALTER TABLE payer_payments ENABLE TRIGGER USER`,
        )
        .execute(owner.kysely);
    const [payment] = await bench.payments();
    await write(`amount = amount + 1, pay_to = payer`);
    expect(await rederived(db, paymentStates)).toMatchObject([
      { subject: payment.id, what: 'differs', fields: ['amount', 'payTo'] },
    ]);
    await write(`amount = amount - 1, pay_to = '${bench.merchant}'`);
  });
});
