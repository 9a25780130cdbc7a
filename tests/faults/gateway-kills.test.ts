import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../service/db/database.ts';
import { checkConservation } from '../../service/treasury/conservation.ts';
import { ApiProcess } from '../fixtures/api-kills.ts';
import { sequence } from '../fixtures/bank.ts';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import {
  generateOnce,
  hallOf,
  letHoldsRunOut,
  openSpender,
  type Seen,
  type Spender,
  stockHall,
} from '../fixtures/gateway-kills.ts';
import { derivedBalances } from '../fixtures/treasury.ts';
import { startUpstream, type TestUpstream, USAGE } from '../fixtures/upstream.ts';

/** `npm run test:faults` kills as often as is claimed; its seed is said with every failure, and another may be given. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const KILLS = Number(process.env.SALLYPORT_GATEWAY_KILLS ?? (FULL ? 60 : 2));
/** Each kill is a start of the service, and clients in between. */
const PATIENCE_MS = 180_000 + KILLS * 15_000;
const SEED = Number(process.env.SALLYPORT_GATEWAY_SEED ?? 11);
/** What `abandonGenerations` takes at a time, and how often it does in a service that runs. */
const A_ROUND = 100;
const BETWEEN_ROUNDS_MS = 30_000;
const CLIENTS = 12;
const FUNDS = 1_000_000_000_000n;
const PRICE = { input: 100n, output: 10_000n, mediaTokens: 2_000 };
const HEALTHY = BigInt(USAGE.input) * PRICE.input + BigInt(USAGE.output) * PRICE.output;
const MANNERS = ['ok', 'ok', 'ok', 'nousage', '500', 'reset'];
const MODELS = ['gpt-', 'claude-', 'vendor/'].flatMap((prefix) =>
  [...new Set(MANNERS)].map((manner) => prefix + manner),
);

let cluster: TestCluster;
let db: Database;
let upstream: TestUpstream;
let api: ApiProcess;
let spender: Spender;
beforeAll(async () => {
  const script = await bundleFixture('api-process');
  [cluster, upstream] = await Promise.all([startTestCluster(), startUpstream()]);
  db = cluster.open('migrator', 4);
  await stockHall(db, cluster, MODELS, PRICE);
  spender = await openSpender(db, FUNDS, FUNDS);
  api = await ApiProcess.open(script, cluster, { tokenhall: hallOf(upstream) });
});
afterAll(async () => {
  await api?.close();
  await upstream?.close();
  await cluster?.stop();
});

/** One client after the other generation, until it is told that it is enough. */
async function spend(n: number, seen: Seen[], over: () => boolean): Promise<void> {
  const random = sequence(SEED * 1000 + n);
  while (!over()) {
    const model = MODELS[Math.floor(random() * MODELS.length)] ?? '';
    const one = await generateOnce(api, spender, model, random() < 0.5);
    seen.push(one);
    // Nobody is there: it looks again, as a client does.
    if (one.status === null) await new Promise((again) => setTimeout(again, 100));
  }
}

/** Kills it at moments that the seed draws, each time while something is being generated. */
async function killAgainAndAgain(answered: () => number): Promise<number> {
  const random = sequence(SEED);
  let midway = 0;
  for (let kills = 0; kills < KILLS; kills += 1) {
    const before = answered();
    await vi.waitUntil(() => answered() > before + 4, { timeout: 30_000, interval: 5 });
    await new Promise((moment) => setTimeout(moment, random() * 250));
    await api.kill();
    midway += await heldNow();
    await api.start();
  }
  return midway;
}

const heldNow = async (): Promise<number> =>
  (await db.kysely.selectFrom('generations').select('id').where('state', '=', 'held').execute()).length;

const idsOf = async (kind: string, field: 'generationId' | 'holdId'): Promise<string[]> => {
  const rows = await db.kysely.selectFrom('ledger_staged').select('data').where('kind', '=', kind).execute();
  return rows.map(({ data }) => JSON.parse(data)[field] as string).sort();
};

async function auditGenerations(seen: readonly Seen[]) {
  const generations = await db.kysely.selectFrom('generations').selectAll().orderBy('id').execute();
  const holds = await db.kysely.selectFrom('holds').selectAll().execute();
  const holdOf = new Map(holds.map((hold) => [hold.reference, hold]));
  expect(holdOf.size, 'one hold for one generation').toBe(generations.length);
  const ends = { settled: 'posted', voided: 'voided', abandoned: 'expired', held: 'pending' } as const;
  for (const { id, state, cost_units, loss_units } of generations) {
    expect(holdOf.get(id)?.state, id).toBe(ends[state as keyof typeof ends]);
    expect(holdOf.get(id)?.posted_units ?? '0', id).toBe(cost_units);
    expect(loss_units, id).toBe('0');
  }
  const byId = new Map(generations.map((row) => [row.id, row]));
  const acknowledged = seen.filter(({ status, whole }) => status === 200 && whole);
  for (const { generationId } of acknowledged) {
    const row = byId.get(generationId ?? '');
    expect(row, generationId ?? 'an answer without a name').toMatchObject({
      state: 'settled',
      ended: 'completed',
    });
    if (row?.usage === 'reported') expect(row.cost_units).toBe(String(HEALTHY));
  }
  const of = (state: string) => generations.filter((row) => row.state === state);
  expect(await idsOf('generation.settled', 'generationId')).toEqual(of('settled').map(({ id }) => id));
  expect(await idsOf('generation.voided', 'generationId')).toEqual(of('voided').map(({ id }) => id));
  expect(await idsOf('generation.abandoned', 'generationId')).toEqual(of('abandoned').map(({ id }) => id));
  expect(await idsOf('hold.opened', 'holdId')).toEqual(holds.map(({ id }) => id).sort());
  // Nothing reached the provider that was not held first.
  expect(upstream.calls.length).toBeLessThanOrEqual(generations.length);
  const counted = (state: string) => of(state).length;
  return {
    ...{ acknowledged: acknowledged.length, settled: counted('settled'), voided: counted('voided') },
    ...{ abandoned: counted('abandoned'), held: counted('held') },
    cost: generations.reduce((sum, row) => sum + BigInt(row.cost_units), 0n),
  };
}

/** Books, the key's own count and the log say the same. */
async function auditMoney(cost: bigint): Promise<void> {
  expect(await checkConservation(db, new Date())).toMatchObject({
    ...{ holds: true, sum: '0.00000000', held: '0.00000000', pendingHolds: 0, disagreements: [] },
    platformLoss: '0.00000000',
  });
  const [key] = await db.kysely.selectFrom('key_spend').selectAll().execute();
  expect([key?.spent_units, key?.held_units]).toEqual([String(cost), '0']);
  const wallets = await db.kysely.selectFrom('wallets').select(['address', 'posted', 'account_id']).execute();
  const derived = derivedBalances(
    await db.kysely.selectFrom('ledger_staged').select(['kind', 'data']).execute(),
  );
  for (const { address, posted, account_id } of wallets) {
    if (address === 'issuance') continue;
    const granted = account_id === spender.owner.id ? FUNDS : 0n;
    expect(derived.get(address)?.posted ?? 0n, address).toBe(BigInt(posted) - granted);
    expect(derived.get(address)?.held ?? 0n, address).toBe(0n);
  }
  const posted = wallets.find(({ account_id }) => account_id === spender.owner.id)?.posted;
  expect(posted).toBe(String(FUNDS - cost));
}

describe(`a gateway that is killed ${KILLS} times in the middle of generations (seed ${SEED})`, () => {
  it('charges what was acknowledged, once, frees what died, and leaves nothing held', {
    timeout: PATIENCE_MS,
  }, async () => {
    upstream.pace(15);
    let over = false;
    const seen: Seen[] = [];
    const clients = Array.from({ length: CLIENTS }, (_, n) => spend(n, seen, () => over));
    const midway = await killAgainAndAgain(() => seen.filter(({ status }) => status === 200).length);
    over = true;
    await Promise.all(clients);
    expect(midway, 'generations that died with their process').toBeGreaterThan(0);

    // Until its time is over the money of the dead is held: nobody else can spend it, and nobody has lost it.
    const dead = await heldNow();
    expect(dead).toBeGreaterThan(0);
    const pending = await db.kysely.selectFrom('holds').select('id').where('state', '=', 'pending').execute();
    expect(pending).toHaveLength(dead);
    await letHoldsRunOut(db);
    await vi.waitFor(async () => expect((await checkConservation(db, new Date())).pendingHolds).toBe(0), {
      timeout: 10_000,
      interval: 50,
    });
    // A service that runs on comes to the end of what many kills left. What one round takes is left to that of a service that ends.
    if (dead > A_ROUND)
      await vi.waitFor(async () => expect(await heldNow()).toBe(0), {
        timeout: (Math.ceil(dead / A_ROUND) + 1) * BETWEEN_ROUNDS_MS,
        interval: 500,
      });
    await api.stop();

    const { cost, ...counts } = await auditGenerations(seen);
    expect(counts).toMatchObject({ abandoned: dead, held: 0 });
    expect(counts.acknowledged).toBeGreaterThan(0);
    await auditMoney(cost);
    process.stdout.write(
      `gateway kills: ${JSON.stringify({ kills: KILLS, ...counts, asked: seen.length })}\n`,
    );
  });

  it('serves on after it: the same key spends what was freed', async () => {
    upstream.pace(0);
    await api.start();
    expect(await generateOnce(api, spender, 'gpt-ok', false)).toMatchObject({ status: 200, whole: true });
    expect(await generateOnce(api, spender, 'claude-ok', true)).toMatchObject({ status: 200, whole: true });
  });
});
