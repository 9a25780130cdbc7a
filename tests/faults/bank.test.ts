import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../service/db/database.ts';
import { checkConservation } from '../../service/treasury/conservation.ts';
import { type Client, type Customer, killTellers, sequence, Teller, work } from '../fixtures/bank.ts';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { checkRecord, requireSound } from '../fixtures/history/check.ts';
import { noteMoney, readBalances } from '../fixtures/history/finals.ts';
import { History } from '../fixtures/history/history.ts';
import { derivedBalances, fund } from '../fixtures/treasury.ts';

/** `npm run test:faults` lets each day last a minute; its seed is said with every failure, and another may be given. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const SECONDS = Number(process.env.SALLYPORT_BANK_SECONDS ?? (FULL ? 60 : 2));
const SEED = Number(process.env.SALLYPORT_BANK_SEED ?? 4);
const CLIENTS = 64;
const WALLETS = 10;
const START_UNITS = 10_000_000_000n;

let cluster: TestCluster;
let script: string;
let dataDir: string;

beforeAll(async () => {
  [cluster, script] = await Promise.all([startTestCluster(), bundleFixture('bank-teller')]);
  dataDir = await mkdtemp(join(tmpdir(), 'sallyport-bank-'));
});
afterAll(async () => {
  await cluster.stop();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(() => cluster.reset());

const post = async (url: string, path: string, body: object) => {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { account: { id: string }; tokens: { accessToken: string } };
};

async function openAccounts(url: string): Promise<Customer[]> {
  const customers: Customer[] = [];
  for (let n = 0; n < WALLETS; n += 1) {
    const login = { email: `customer${n}@example.org`, password: 'correct horse battery' };
    await post(url, '/api/v1/auth/register', login);
    const { account, tokens } = await post(url, '/api/v1/auth/login', login);
    customers.push({ id: account.id, token: tokens.accessToken });
  }
  return customers;
}

async function day(instances: number) {
  const db = cluster.open('api', 3);
  const history = new History(`bank-${instances}`, SEED);
  const { endpoint: database, keys } = cluster;
  const begin = { type: 'begin', database, keys, dataDir } as const;
  const tellers = Array.from({ length: instances }, () => new Teller(script, begin));
  await Promise.all(tellers.map((teller) => teller.start()));
  try {
    const customers = await openAccounts((await tellers[0]?.url()) ?? '');
    for (const { id } of customers) await fund(db, { type: 'account', id }, START_UNITS);
    const until = Date.now() + SECONDS * 1000;
    const over = () => Date.now() >= until;
    const clients: Client[] = Array.from({ length: CLIENTS }, (_, n) => ({
      ...{ name: String(n), random: sequence(SEED * 1000 + n), tellers, customers, history, sent: 0, over },
    }));
    await readBalances(history, db);
    const [kills] = await Promise.all([
      killTellers(tellers, sequence(SEED), over),
      watch(history, db, over),
      ...clients.map((client) => work(client)),
    ]);
    // What nobody settled is freed by whichever instance looks first.
    await vi.waitFor(async () => expect((await checkConservation(db, new Date())).pendingHolds).toBe(0), {
      timeout: 30_000,
      interval: 50,
    });
    await readBalances(history, db);
    await noteMoney(history, db);
    return { db, kills, history };
  } finally {
    await Promise.all(tellers.map((teller) => teller.kill()));
  }
}

/** Adds everything up while money moves and processes die. */
async function watch(history: History, db: Database, over: () => boolean): Promise<void> {
  while (!over()) {
    await readBalances(history, db);
    await new Promise((again) => setTimeout(again, 100));
  }
}

type Day = Awaited<ReturnType<typeof day>>;

const counted = (history: History, f: string): number =>
  history.operations().filter((one) => one.f === f && one.outcome === 'ok').length;

/** The log alone gives the balances, but for the grants of this test, which were made past it. */
async function auditLedger({ db }: Day) {
  const entries = await db.kysely.selectFrom('ledger_staged').select(['kind', 'data']).execute();
  const derived = derivedBalances(entries);
  const wallets = await db.kysely.selectFrom('wallets').select(['address', 'posted', 'account_id']).execute();
  for (const { address, posted, account_id } of wallets) {
    if (address === 'issuance') continue;
    const moved = BigInt(posted) - (account_id === null ? 0n : START_UNITS);
    expect(derived.get(address)?.posted ?? 0n, address).toBe(moved);
  }
}

describe(`a bank of ${CLIENTS} clients and ${WALLETS} wallets, ${SECONDS} s, seed ${SEED}`, () => {
  it.each(FULL ? [1, 2] : [2])(
    'with %i instance(s) that are killed: no credit is made, lost or spent twice',
    async (instances) => {
      const done = await day(instances);
      const { kills, db, history } = done;
      requireSound(history, checkRecord);
      const books = await checkConservation(db, new Date());
      expect(books).toMatchObject({ holds: true, sum: '0.00000000', held: '0.00000000', disagreements: [] });
      await auditLedger(done);
      expect(kills).toBeGreaterThan(0);
      const [transfers, holds, ends] = ['transfer', 'hold', 'end'].map((f) => counted(history, f));
      expect(transfers).toBeGreaterThan(0);
      const acknowledged = { transfers, holds, ends };
      const lines = history.size;
      process.stdout.write(
        `bank: ${JSON.stringify({ instances, kills, acknowledged, lines, books: books.postings })}\n`,
      );
    },
  );
});
