import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestCluster } from '../fixtures/cluster.ts';
import { PayerBench, PRICE } from '../fixtures/payer-bench.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);

let bench: PayerBench;
beforeEach(async () => {
  bench = await PayerBench.open(cluster, db);
});
afterEach(() => bench.close());

describe('a task behind a paywall', () => {
  it.each([1, 2] as const)('is paid for once and fetched, in version %i of x402', async (version) => {
    bench.paywall.manner = { version };
    const id = await bench.task();
    await bench.run();
    expect(await bench.taskOf(id)).toMatchObject({ state: 'READY', failures: 0, lastError: null });
    expect(await bench.paid()).toBe(PRICE);
    const [payment] = await bench.payments();
    expect(payment).toMatchObject({
      state: 'SETTLED',
      amount: '1500',
      payTo: bench.merchant,
      disputed: false,
    });
    expect(payment.transaction).toBe(bench.node.landed[0]?.signature);
    expect(await bench.steps()).toEqual([
      ...['task-created', 'payment-required', 'session-signed', 'payment-intended', 'payment-signed'],
      ...['payment-settled', 'task-fetched'],
    ]);
  });
});
