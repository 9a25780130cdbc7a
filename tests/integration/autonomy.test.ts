import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readPayerPair } from '../../service/autonomy/payer-key.ts';
import { paymentStates } from '../../service/autonomy/payments/rederive.ts';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { FUNDS, PayerBench, PRICE } from '../fixtures/payer-bench.ts';
import { rederived } from '../fixtures/rederive.ts';
import { newWallet } from '../fixtures/solana-node.ts';

const cluster = await startTestCluster();
const db = cluster.open('api', 12);
let script: string;
beforeAll(async () => {
  script = await bundleFixture('payer-runner');
});
afterAll(() => cluster.stop());

let bench: PayerBench;
beforeEach(async () => {
  bench = await PayerBench.open(cluster, db);
});
afterEach(async () => {
  // Whatever a case did: the log tells the payments as they are stored.
  const found = await rederived(db, paymentStates);
  await bench.close();
  expect(found).toEqual([]);
});

/** Longer than a blockhash lives, with the blocks that a node may lag behind. */
const EXPIRED_BLOCKS = 400;

describe('a task behind a paywall', () => {
  it.each([1, 2] as const)('is paid for once and fetched, in version %i of x402', async (version) => {
    bench.paywall.manner = { version };
    const id = await bench.task();
    await bench.run();
    expect(await bench.taskOf(id)).toMatchObject({
      ...{ state: 'READY', failures: 0, lastError: null, lastFetchedAt: bench.clock.now().toISOString() },
      nextRunAt: new Date(bench.clock.ms + 3_600_000).toISOString(),
    });
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

  it('is fetched again, and paid for again, only when it is stale', async () => {
    await bench.task({ freshnessSeconds: 60 });
    await bench.run();
    await bench.run();
    expect(await bench.paid()).toBe(PRICE);
    bench.clock.advance(60_000);
    await bench.run();
    expect(await bench.paid()).toBe(2n * PRICE);
  });

  it('is run once when many instances run at a time', async () => {
    await bench.task();
    const others = await Promise.all([bench.instance(), bench.instance(), bench.instance()]);
    await Promise.all([bench.api, ...others].flatMap((one) => [bench.run(one), bench.run(one)]));
    expect(await bench.paid()).toBe(PRICE);
    expect(bench.paywall.asks).toBe(1);
  });

  it('is fetched for nothing where nothing is asked', async () => {
    const id = await bench.task({ url: bench.paywall.url('/free') });
    await bench.run();
    expect(await bench.taskOf(id)).toMatchObject({ failures: 0 });
    expect(await bench.payments()).toEqual([]);
  });
});

describe('a runner that is killed', () => {
  /** Kills a runner whose payment has arrived and is not answered. */
  async function killAfterPayment(silent: 'settled' | 'unsettled'): Promise<string> {
    bench.paywall.manner = { silent };
    const id = await bench.task();
    const runner = bench.startRunner(script);
    await vi.waitUntil(
      () => (silent === 'settled' ? bench.node.landed : bench.paywall.received).length === 1,
      8_000,
    );
    runner.kill('SIGKILL');
    await once(runner, 'exit');
    expect(await bench.payments()).toMatchObject([{ state: 'SIGNED' }]);
    bench.paywall.manner = {};
    return id;
  }

  it('after its payment was settled has paid once, and the network says so', async () => {
    const id = await killAfterPayment('settled');
    bench.clock.advance(120_000);
    await bench.run();
    expect(await bench.payments()).toMatchObject([
      { state: 'SETTLED', transaction: bench.node.landed[0]?.signature },
    ]);
    expect(await bench.paid()).toBe(PRICE);
    // What was paid for never came: a person decides whether it is paid for again.
    expect(await bench.taskOf(id)).toMatchObject({ state: 'PAUSED', pausedReason: 'paid-already' });
  });

  it('before anybody settled its payment pays again only when the first one never can be', async () => {
    const id = await killAfterPayment('unsettled');
    bench.clock.advance(120_000);
    await bench.run();
    expect(await bench.taskOf(id)).toMatchObject({ lastError: 'payment-pending', failures: 0 });
    expect(bench.paywall.received).toHaveLength(1);
    bench.node.pass(EXPIRED_BLOCKS);
    bench.clock.advance(15_000);
    await bench.run();
    expect(await bench.paid()).toBe(PRICE);
    expect((await bench.payments()).map((one: { state: string }) => one.state)).toEqual(['SETTLED', 'VOID']);
    const late = bench.paywall.settle(bench.paywall.received[0] ?? Buffer.alloc(0));
    await expect(late).rejects.toThrow('Blockhash not found');
  });
});

describe('what is stopped in the middle of a run', () => {
  const stopped = async (asked: (id: string, sessionId: string) => Promise<unknown>) => {
    const sessionId = await bench.session();
    const id = await bench.task({ sessionId });
    bench.paywall.manner = { asked: () => asked(id, sessionId) };
    await bench.run();
    expect([await bench.paid(), bench.paywall.received]).toEqual([0n, []]);
    return id;
  };
  const revoke = (sessionId: string) =>
    bench.sign('sessions.revoke', `/api/sessions/${sessionId}/revoke`, { reason: 'over' });

  it('pays nothing: its session was revoked, and no refresh gives it back', async () => {
    let revoked = '';
    const id = await stopped((_id, sessionId) => {
      revoked = sessionId;
      return revoke(sessionId);
    });
    expect(await bench.taskOf(id)).toMatchObject({ state: 'PAUSED', pausedReason: 'session-revoked' });
    expect((await bench.sign('sessions.refresh', `/api/sessions/${revoked}/refresh`, {})).status).toBe(409);
    expect((await bench.act('resume', id, { sessionId: revoked })).status).toBe(409);
  });

  it('pays nothing: its task was cancelled, for ever', async () => {
    const id = await stopped((task) => bench.act('cancel', task));
    expect(await bench.taskOf(id)).toMatchObject({ state: 'CANCELLED', running: false });
    expect((await bench.act('resume', id, { sessionId: await bench.session() })).status).toBe(409);
    bench.clock.advance(1_000_000);
    await bench.run();
    expect(await bench.taskOf(id)).toMatchObject({ lastFetchedAt: null });
  });

  it('pays nothing: the payer was paused, and goes on when it is resumed', async () => {
    const id = await stopped(() => bench.sign('autonomy.pause', '/api/autonomy/pause', { reason: 'look' }));
    expect((await bench.status()).paused).toMatchObject({ cause: 'operator', reason: 'look' });
    bench.paywall.manner = {};
    bench.clock.advance(900_000);
    await bench.run();
    expect(await bench.paid()).toBe(0n);
    expect((await bench.sign('autonomy.resume', '/api/autonomy/resume', { reason: 'fine' })).status).toBe(
      200,
    );
    await bench.run();
    expect(await bench.paid()).toBe(PRICE);
    expect(await bench.taskOf(id)).toMatchObject({ failures: 0 });
  });

  it('pays nothing more once the allowance of its session is used up', async () => {
    const sessionId = await bench.session({ signatureAllowance: 1 });
    const id = await bench.task({ sessionId, freshnessSeconds: 60 });
    await bench.run();
    bench.clock.advance(60_000);
    await bench.run();
    expect(await bench.paid()).toBe(PRICE);
    expect(await bench.taskOf(id)).toMatchObject({ state: 'PAUSED', pausedReason: 'session-exhausted' });
  });
});

describe('the payer pauses itself', () => {
  it('when the wallet holds less than is asked', async () => {
    await bench.node.fund(bench.pair.publicKey, bench.mint, PRICE - 1n);
    await bench.task();
    await bench.run();
    expect((await bench.status()).paused).toMatchObject({ cause: 'low-balance', by: 'payer' });
    await bench.job('payer-balances');
    expect((await bench.status()).assets[0].balance).toMatchObject({ amount: '1499' });
    expect(await bench.staged('payer.paused')).toMatchObject([{ cause: 'low-balance' }]);
    expect(bench.paywall.received).toEqual([]);
    await bench.node.fund(bench.pair.publicKey, bench.mint, FUNDS);
    bench.clock.advance(15_000);
    await bench.run();
    expect(bench.paywall.received).toEqual([]);
  });

  it('when the node is on another network than was configured', async () => {
    bench.node.genesis = '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d';
    await bench.task();
    await bench.run();
    expect((await bench.status()).paused).toMatchObject({ cause: 'wrong-network' });
    expect(bench.paywall.received).toEqual([]);
  });
});

describe('a network that fails', () => {
  it('opens the breaker of the node, is tried again by one, and is closed by its answer', async () => {
    bench.node.down = true;
    const id = await bench.task();
    for (let turn = 0; turn < 6; turn += 1) {
      await bench.run();
      bench.clock.advance(500_000);
    }
    const opened = await bench.staged('payer.breaker-opened');
    expect(opened[0]).toMatchObject({ target: 'rpc', failures: 5, waitSeconds: 5 });
    expect(opened[1]).toMatchObject({ failures: 6, waitSeconds: 10 });
    expect(await bench.taskOf(id)).toMatchObject({ failures: 6, backoffSeconds: 480, lastError: 'reset' });
    bench.node.down = false;
    await bench.run();
    expect(await bench.staged('payer.breaker-closed')).toEqual([{ target: 'rpc' }]);
    expect((await bench.status()).breakers).toMatchObject([
      { state: 'closed' },
      { target: 'rpc', state: 'closed' },
    ]);
    expect(await bench.paid()).toBe(PRICE);
  });

  it('backs off twice as long each time, and never longer than a quarter of an hour', async () => {
    const id = await bench.task();
    await bench.paywall.close();
    const waits: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      await bench.run();
      waits.push((await bench.taskOf(id)).backoffSeconds);
      bench.clock.advance(900_000);
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900]);
    bench.paywall.close = async () => undefined;
  });
});

describe('the queue', () => {
  it('is changed by those who sign, and takes only what policy allows', async () => {
    const sessionId = await bench.session();
    const refused = async (body: object) => (await bench.create({ sessionId, ...body })).status;
    expect(await refused({ url: 'https://elsewhere.example/' })).toBe(409);
    expect(await refused({ asset: newWallet().address })).toBe(409);
    expect(await refused({ cost: '2001', value: '9999' })).toBe(409);
    expect(await refused({ cost: '10', value: '9' })).toBe(400);
    for (const url of ['file:///etc/passwd', 'http://user:pw@127.0.0.1/', 'http://127.0.0.1/#x'])
      expect(await refused({ url }), url).toBe(400);
    const body = {
      sessionId,
      url: bench.paywall.url(),
      asset: bench.mint,
      value: '1',
      cost: '1',
      freshnessSeconds: 60,
    };
    expect((await bench.api.post('/api/autonomy/queue', body)).status).toBe(401);
  });

  it('is paused and resumed task by task, each called by its name', async () => {
    const id = await bench.task();
    expect((await bench.act('pause', id, { url: 'http://127.0.0.1/other' })).body.error.type).toBe(
      'name_mismatch',
    );
    expect((await bench.act('pause', id)).body.task).toMatchObject({
      state: 'PAUSED',
      pausedReason: 'a test',
    });
    expect((await bench.act('pause', id)).status).toBe(409);
    await bench.run();
    expect(bench.paywall.asks).toBe(0);
    expect((await bench.act('resume', id, { sessionId: await bench.session() })).body.task.state).toBe(
      'READY',
    );
    const { tasks } = (await bench.api.get('/api/autonomy/queue?limit=1')).body;
    expect(tasks).toMatchObject([{ id, priority: '30000' }]);
  });

  it('writes no secret of the payer anywhere', async () => {
    await bench.task();
    await bench.run();
    const rows = await db.kysely.selectFrom('ledger_staged').select('data').execute();
    const told = bench.api.logged() + JSON.stringify([rows, await bench.status(), await bench.payments()]);
    for (const secret of [bench.pair.privateKey, readPayerPair(bench.pair).seed])
      expect(told).not.toContain(secret);
  });
});
