import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../service/db/database.ts';
import type { Integrator } from '../../service/ledger/integrator/integrator.ts';
import { ApiProcess } from '../fixtures/api-kills.ts';
import { type Client, type Customer, sequence, transfer } from '../fixtures/bank.ts';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { type DatabaseProxy, startDatabaseProxy } from '../fixtures/database-proxy.ts';
import { checkRecord, requireSound } from '../fixtures/history/check.ts';
import { noteMoney, readBalances, readLog } from '../fixtures/history/finals.ts';
import { History } from '../fixtures/history/history.ts';
import { type Fault, strike } from '../fixtures/history/nemesis.ts';
import { startTestIntegrator } from '../fixtures/ledger.ts';
import { fund } from '../fixtures/treasury.ts';

/** `npm run test:faults` strikes again and again; another seed may be given, and a record that was kept may be judged again. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const ROUNDS = Number(process.env.SALLYPORT_HISTORY_ROUNDS ?? (FULL ? 15 : 1));
const SEED = Number(process.env.SALLYPORT_HISTORY_SEED ?? 21);
const KEPT = process.env.SALLYPORT_HISTORY;
const ALL: readonly Fault[] = ['reset', 'delay', 'freeze', 'restart', 'kill'];
/** What takes no second of its own: the rest strikes when there is time. */
const SHORT: readonly Fault[] = ['reset', 'freeze', 'restart'];
const CLIENTS = 8;
const WALLETS = 5;
const START_UNITS = 10_000_000_000n;

let cluster: TestCluster;
let proxy: DatabaseProxy;
let api: ApiProcess;
let integrator: Integrator;
beforeAll(async () => {
  const script = await bundleFixture('api-process');
  cluster = await startTestCluster({ own: 'it kills and restarts the postmaster' });
  proxy = await startDatabaseProxy(cluster.endpoint);
  api = await ApiProcess.open(script, cluster, { database: proxy.endpoint });
  integrator = await startTestIntegrator(cluster);
});
afterAll(async () => {
  await integrator?.stop();
  await api?.close();
  await proxy?.close();
  await cluster?.stop();
});

async function openCustomers(db: Database): Promise<Customer[]> {
  const customers: Customer[] = [];
  for (let n = 0; n < WALLETS; n += 1) {
    const login = { email: `history${n}@example.org`, password: 'correct horse battery' };
    await api.post('/api/v1/auth/register', login);
    const { account, tokens } = (await api.post('/api/v1/auth/login', login)).body;
    await fund(db, { type: 'account', id: account.id }, START_UNITS);
    customers.push({ id: account.id, token: tokens.accessToken });
  }
  return customers;
}

const settled = async ({ kysely }: Database): Promise<number> =>
  (await kysely.selectFrom('ledger_staged').select('id').execute()).length;

/** Looks at everything at once while it is being broken; a look that the fault forbids is none. */
async function watch(history: History, db: Database, over: () => boolean): Promise<void> {
  while (!over()) {
    await readBalances(history, db).catch(() => undefined);
    await readLog(history, db).catch(() => undefined);
    await new Promise((again) => setTimeout(again, 150));
  }
}

describe(`a bank whose database is spoilt (seed ${SEED})`, () => {
  it.skipIf(KEPT)('has a record without an anomaly: bank, unique ids, once, append', async () => {
    const db = cluster.open('migrator', 3);
    const history = new History('spoilt', SEED);
    const customers = await openCustomers(db);
    await readBalances(history, db);
    let over = false;
    const teller = { url: async () => api.url, order: async () => null };
    const clients: Client[] = Array.from({ length: CLIENTS }, (_, n) => ({
      ...{ name: String(n), random: sequence(SEED * 1000 + n), customers, history, sent: 0 },
      ...{ tellers: [teller], over: () => over },
    }));
    const work = clients.map(async (client) => {
      while (!over) await transfer(client);
    });
    const looking = watch(history, db, () => over);
    const field = { history, cluster, proxy, api, random: sequence(SEED) };
    await strike(field, FULL ? ALL : SHORT, ROUNDS);
    // It is whole again: somebody's transfer goes through.
    const before = history.size;
    const answered = () =>
      history.operations().some((one) => one.f === 'transfer' && one.outcome === 'ok' && one.began > before);
    await vi.waitUntil(answered, { timeout: 10_000, interval: 20 });
    over = true;
    await Promise.all([...work, looking]);
    await vi.waitFor(async () => expect(await settled(db)).toBe(0), { timeout: 20_000, interval: 50 });
    await readBalances(history, db);
    await readLog(history, db);
    await noteMoney(history, db);
    requireSound(history, checkRecord);
    const of = (outcome: string) =>
      history.operations().filter((one) => one.f === 'transfer' && one.outcome === outcome).length;
    const counts = { ok: of('ok'), fail: of('fail'), info: of('info'), lines: history.size };
    expect(counts.ok).toBeGreaterThan(0);
    process.stdout.write(`history: ${JSON.stringify({ seed: SEED, rounds: ROUNDS, ...counts })}\n`);
  });

  it.runIf(KEPT)('was kept, and is judged again', () => {
    requireSound(History.parse(readFileSync(KEPT ?? '', 'utf8')), checkRecord);
  });
});
