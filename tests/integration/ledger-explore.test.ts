import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPLAYABLE } from '../../service/app/open-log.ts';
import { type Database, transact } from '../../service/db/database.ts';
import { DatabaseError } from '../../service/db/database-error.ts';
import { exploreHandlers } from '../../service/evidence/explore/routes.ts';
import { BATCH_SIZE, integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { macKeyOf } from '../../service/ledger/mac.ts';
import { createLedgerStore } from '../../service/ledger/store.ts';
import type { LedgerAsOf, LedgerDifference } from '../../shared/http/ledger-explore.ts';
import type { LedgerEntry } from '../../shared/ledger/entry.ts';
import { formatUnits } from '../../shared/money/units.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { integratorDeps } from '../fixtures/ledger.ts';
import { mixedTraffic, type Traffic } from '../fixtures/mixed-traffic.ts';

let cluster: TestCluster;
let db: Database;
let api: TestApi;
let traffic: Traffic;
/** Every numbered entry, oldest first. */
let log: LedgerEntry[];

const PATH = '/api/logs/ledger';
const get = async (path: string) => api.get(`${PATH}/${path}`);

beforeAll(async () => {
  cluster = await startTestCluster();
  db = cluster.open('api');
  await cluster.reset();
  const clock = new TestClock();
  const staging = testStaging(clock, cluster.keys.stagingMac);
  const ledger = exploreHandlers({ db, replay: REPLAYABLE });
  api = await startTestApi({ db, clock, staging, ledger });
  const operator = await api.enrolFirst();
  clock.advance(3_600_000);
  traffic = await mixedTraffic(api, operator, { db, staging });
  const integrator = cluster.open('integrator');
  while (
    (await transact(integrator, (tx) => integrateBatch(tx, integratorDeps(cluster)))).found === BATCH_SIZE
  );
  log = await createLedgerStore(db, macKeyOf(cluster.keys.stagingMac)).readFrom(0, 10_000);
  // One more that has no number: it is in no overview.
  await api.post('/api/v1/agents/register', { name: 'late' });
});
afterAll(async () => {
  await api.close();
  await cluster.stop();
});

const numberOf = (kind: string): number => log.find((entry) => entry.kind === kind)?.number ?? -1;

describe('the histogram', () => {
  it('counts every numbered entry once, in buckets without a gap that are not more than asked for', async () => {
    for (const buckets of [1, 7, 60, 200]) {
      const { status, body } = await get(`histogram?buckets=${buckets}`);
      expect(status).toBe(200);
      expect(body.total).toBe(log.length);
      expect(body.buckets.length).toBeLessThanOrEqual(buckets);
      for (const { at, count } of body.buckets) {
        const begins = Date.parse(at);
        const here = log.filter((entry) => {
          const since = Date.parse(entry.at) - begins;
          return since >= 0 && since < body.widthSeconds * 1000;
        });
        expect(count).toBe(here.length);
      }
    }
  });

  it('takes the filters of the list', async () => {
    const keys = log.filter(({ category }) => category === 'key');
    expect((await get('histogram?category=key')).body.total).toBe(keys.length);
    const { at } = log.at(-1) as LedgerEntry;
    const before = log.filter((entry) => Date.parse(entry.at) < Date.parse(at));
    expect((await get(`histogram?to=${at}`)).body.total).toBe(before.length);
    expect((await get('histogram?actor=nobody')).body).toEqual({ total: 0, widthSeconds: 0, buckets: [] });
  });

  it.each(['buckets=0', 'buckets=201', 'buckets=x', 'kind=none', 'from=yesterday'])(
    'refuses %s',
    async (query) => {
      expect((await get(`histogram?${query}`)).status).toBe(400);
    },
  );
});

describe('the facets', () => {
  it('count what the list shows, the most frequent first', async () => {
    const { body } = await get('facets?top=50');
    const countBy = (of: (entry: LedgerEntry) => string | null) => {
      const counts: Record<string, number> = {};
      for (const value of log.map(of)) if (value !== null) counts[value] = (counts[value] ?? 0) + 1;
      return counts;
    };
    const counted = (facet: string) =>
      Object.fromEntries(
        body[facet].map(({ value, count }: { value: string; count: number }) => [value, count]),
      );
    expect(body.total).toBe(log.length);
    expect(counted('category')).toEqual(countBy(({ category }) => category));
    expect(counted('kind')).toEqual(countBy(({ kind }) => kind));
    expect(counted('actor')).toEqual(countBy(({ actor }) => actor.id));
    expect(counted('agent')).toEqual(countBy(({ agent }) => agent));
    const counts = body.actor.map(({ count }: { count: number }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });

  it('name at most as many as asked for, and count all', async () => {
    const { body } = await get('facets?top=1');
    expect([body.kind.length, body.actor.length]).toEqual([1, 1]);
    expect(body.total).toBe(log.length);
    expect((await get('facets?category=key')).body.category).toHaveLength(1);
    expect((await get('facets?top=51')).status).toBe(400);
  });
});

describe('one entry', () => {
  it('is found by its number, and none by one that nothing has yet', async () => {
    expect((await get('entries/3')).body).toEqual(log[3]);
    expect((await get(`entries/${log.length}`)).status).toBe(404);
    expect((await get('entries/-1')).status).toBe(400);
  });
});

describe('the state as of an entry', () => {
  const asOf = async (number: number, domain: string, more = ''): Promise<LedgerAsOf> =>
    (await get(`as-of?number=${number}&domain=${domain}&limit=500${more}`)).body;

  it('is at the newest entry what the tables hold', async () => {
    const newest = log.length - 1;
    const [wallets, holds, keys] = [
      await asOf(newest, 'wallets'),
      await asOf(newest, 'holds'),
      await asOf(newest, 'keys'),
    ];
    const stored = await db.kysely
      .selectFrom('wallets')
      .select(['address', 'posted', 'held', 'freeze_id'])
      .execute();
    for (const { subject, state } of wallets.rows) {
      const row = stored.find(({ address }) => address === subject);
      expect(state).toEqual({
        posted: formatUnits(BigInt(row?.posted ?? -1)),
        held: formatUnits(BigInt(row?.held ?? -1)),
        freeze: row?.freeze_id,
      });
    }
    expect(wallets.rows.some(({ subject }) => subject === traffic.wallet)).toBe(true);
    expect(wallets.rows.find(({ subject }) => subject === traffic.frozen)?.state.freeze).toMatch(/^wfz_/);
    expect(holds.rows.find(({ subject }) => subject === traffic.hold)?.state).toMatchObject({
      state: 'pending',
      held: '10.00000000',
    });
    expect(keys.rows.find(({ subject }) => subject === traffic.key)?.state).toMatchObject({
      label: 'other',
      spendLimit: '7.50000000',
      revoked: false,
    });
  });

  it('is at an earlier entry what it was then', async () => {
    const granted = numberOf('credits.granted');
    expect((await asOf(granted - 1, 'wallets')).rows).toEqual([]);
    const { rows, moment } = await asOf(granted, 'wallets', `&subject=${traffic.wallet}`);
    expect(moment).toEqual({ number: granted, at: log[granted]?.at });
    expect(rows).toEqual([
      {
        ...{ subject: traffic.wallet, number: granted },
        state: { posted: '100.00000000', held: '0.00000000', freeze: null },
      },
    ]);
  });

  it('tells who could sign what then, and what changed to now', async () => {
    const enrolled = numberOf('operator.enrolled');
    const [operator] = (await asOf(enrolled, 'operators')).rows;
    expect(operator?.state).toMatchObject({ role: 'administrator', revoked: false });
    const between = `difference?from=${enrolled}&to=${log.length - 1}&domain=operators`;
    expect((await get(between)).body.rows).toEqual([]);
  });

  it('shows as many rows as asked for and says how many there are', async () => {
    const all = await asOf(log.length - 1, 'keys');
    const { body } = await get(`as-of?number=${log.length - 1}&domain=keys&limit=1`);
    expect(body).toMatchObject({ total: all.total, rows: [all.rows[0]] });
  });

  it('is not told of an entry that is not there, nor of something else', async () => {
    expect((await get(`as-of?number=${log.length}&domain=keys`)).status).toBe(404);
    expect((await get('as-of?number=0&domain=secrets')).status).toBe(400);
    expect((await get('as-of?number=-1&domain=keys')).status).toBe(400);
    expect((await api.get(`${PATH}/as-of?number=0&domain=keys`, {})).status).toBe(401);
  });
});

describe('the difference of two entries', () => {
  it('is what changed between them, with both states', async () => {
    const granted = numberOf('credits.granted');
    const { body }: { body: LedgerDifference } = await get(
      `difference?from=${granted}&to=${log.length - 1}&domain=wallets&subject=${traffic.wallet}`,
    );
    expect(body.rows).toHaveLength(1);
    expect(body.rows[0]).toMatchObject({
      before: { posted: '100.00000000', held: '0.00000000' },
      after: { held: '10.00000000' },
      fields: ['posted', 'held'],
    });
    const before = (await get(`difference?from=${granted - 1}&to=${granted}&domain=wallets`)).body;
    expect(before.rows.every((row: { before: unknown }) => row.before === null)).toBe(true);
  });

  it('is empty between an entry and itself, and refused backwards', async () => {
    const last = log.length - 1;
    expect((await get(`difference?from=${last}&to=${last}&domain=keys`)).body).toMatchObject({
      total: 0,
      rows: [],
    });
    expect((await get(`difference?from=2&to=1&domain=keys`)).status).toBe(400);
    expect((await get(`difference?from=0&to=${log.length}&domain=keys`)).status).toBe(404);
  });
});

describe('a log that is too long for one answer', () => {
  it('is not replayed: the answer says how to ask for less', async () => {
    const short = exploreHandlers({ db, replay: REPLAYABLE, mostReplayed: 3 });
    const asked = { number: log.length - 1, domain: 'wallets', limit: 10 } as const;
    const answer = short['ledger.asOf']({ query: asked } as never, {} as never);
    await expect(answer).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('Choose an earlier entry'),
    });
  });

  it('is not counted: a statement that met its limit says how to ask for less, and another failure stays what it is', async () => {
    const failing = (state: string) => {
      const fail = () => {
        throw new DatabaseError('unavailable', 'no', { state });
      };
      const handlers = exploreHandlers({ db: { kysely: { selectFrom: fail } as never }, replay: REPLAYABLE });
      return handlers['ledger.facets']({ query: { top: 1 } } as never, {} as never);
    };
    await expect(failing('57014')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('choose a time range'),
    });
    await expect(failing('53300')).rejects.toBeInstanceOf(DatabaseError);
  });
});
