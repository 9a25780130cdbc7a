import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outages } from '../../service/limits/outages.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { startTestApi, type TestAnswer, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { brokenStaging } from '../fixtures/ledger.ts';
import { startTestRedis } from '../fixtures/redis.ts';
import { startSocketProxy } from '../fixtures/socket-proxy.ts';

/** The wire is spoilt only in `npm run test:faults`. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
/** SPEC 19.9: how long it stays away, so that more than one turn of everything passes. */
const AWAY_MS = FULL ? Number(process.env.SALLYPORT_PAUSE_SECONDS ?? 30) * 1_000 : 0;
/** How often what is over at once is done again while it stays away. */
const AGAIN_MS = 250;
/** No request may take longer, whatever Redis does. */
const NO_HANG_MS = 1_000;
const LIMIT = 30;
/** Longer than a test: what passes within one is what may pass in a window. */
const WINDOW_SECONDS = 120;

const [cluster, redis] = await Promise.all([startTestCluster(), startTestRedis()]);
/** Between the instances and Redis. */
const wire = await startSocketProxy(redis.url);
afterAll(async () => {
  await wire.close();
  await Promise.all([cluster.stop(), redis.stop()]);
});
/** The machine may be busy; Redis is found again within this. */
const PATIENCE = { timeout: 10_000, interval: 20 };
const db = cluster.open('api');

/** Faults happen in real time. */
class RealClock extends TestClock {
  override now = () => new Date();
  override monotonic = () => performance.now();
}
const staging = testStaging(new RealClock(), cluster.keys.stagingMac);

const started: TestApi[] = [];
const startInstance = async (): Promise<TestApi> => {
  const api = await startTestApi({
    ...{ db, staging, clock: new RealClock(), redisUrl: wire.path },
    settings: {
      trustedProxies: ['127.0.0.1'],
      limits: {
        ip: { limit: LIMIT, windowSeconds: WINDOW_SECONDS },
        operator: { limit: 1_000, windowSeconds: 60 },
      },
    },
  });
  started.push(api);
  return api;
};

beforeEach(async () => {
  await cluster.reset();
  await redis.admin.flushall();
});
afterEach(async () => {
  redis.resume();
  wire.delay(0);
  await Promise.all(started.splice(0).map((api) => api.close()));
});

const modeOf = async (api: TestApi): Promise<string> => (await api.get('/api/rate-limits')).body.mode;
const until = (api: TestApi, mode: string) =>
  vi.waitFor(async () => expect(await modeOf(api)).toBe(mode), PATIENCE);

/** A request of one client; fails when it takes too long. */
async function ask(api: TestApi, address: string): Promise<TestAnswer> {
  const began = performance.now();
  const answer = await api.get('/api/v1/tokenhall/key', {
    'x-forwarded-for': address,
    authorization: 'Bearer nonsense',
  });
  expect(performance.now() - began).toBeLessThan(NO_HANG_MS);
  expect([401, 429]).toContain(answer.status);
  return answer;
}

const askTimes = (apis: readonly TestApi[], address: string, times: number) =>
  Promise.all(Array.from({ length: times }, (_, i) => ask(apis[i % apis.length] as TestApi, address)));

const passed = (answers: readonly TestAnswer[]) => answers.filter((answer) => answer.status === 401).length;
const marked = (answers: readonly TestAnswer[]) =>
  answers.filter((answer) => answer.headers['x-ratelimit-mode'] === 'degraded').length;

const alerts = async (): Promise<string[]> => {
  const rows = await db.kysely.selectFrom('ledger_staged').select('kind').orderBy('arrival').execute();
  return rows.map((row) => row.kind).filter((kind) => kind.startsWith('limit.'));
};

describe('two instances on one Redis', () => {
  it('share the limit of a client exactly, and no answer is marked', async () => {
    const apis = [await startInstance(), await startInstance()];
    const answers = await askTimes(apis, '203.0.113.1', 120);
    expect(passed(answers)).toBe(LIMIT);
    expect(marked(answers)).toBe(0);
    expect(await modeOf(apis[0] as TestApi)).toBe('redis');
  });
});

describe('while Redis is away', () => {
  it('each instance holds the limit alone, counting what it has let through before, and says so', async () => {
    const apis = [await startInstance(), await startInstance()] as const;
    expect(passed(await askTimes(apis, '203.0.113.1', 20))).toBe(20);
    await redis.kill();
    try {
      const [first, second] = [
        await askTimes([apis[0]], '203.0.113.1', 60),
        await askTimes([apis[1]], '203.0.113.1', 60),
      ];
      expect([passed(first), passed(second)]).toEqual([LIMIT - 10, LIMIT - 10]);
      expect(marked(first) + marked(second)).toBe(first.length + second.length);
      const probe = await apis[0].get('/healthz');
      expect([probe.status, probe.headers['x-ratelimit-mode']]).toEqual([200, 'degraded']);
      expect(await modeOf(apis[0])).toBe('degraded');
    } finally {
      await redis.restart();
    }
  });

  it('an instance that starts serves degraded, and uses Redis when it comes', async () => {
    await redis.kill();
    const api = await startInstance();
    expect(marked([await ask(api, '203.0.113.2')])).toBe(1);
    await redis.restart();
    await until(api, 'redis');
    expect(marked([await ask(api, '203.0.113.2')])).toBe(0);
  });

  it('one alert enters the ledger, and one end when it is back, however often that is tried', async () => {
    const api = await startInstance();
    const flush = () => api.limiter.outages.flush(db, staging);
    await flush();
    expect(await alerts()).toEqual([]);
    await redis.kill();
    await askTimes([api], '203.0.113.3', 50);
    await Promise.all([flush(), flush()]);
    await flush();
    expect(await alerts()).toEqual(['limit.degraded']);
    await redis.restart();
    await until(api, 'redis');
    await Promise.all([flush(), flush()]);
    await flush();
    expect(await alerts()).toEqual(['limit.degraded', 'limit.restored']);
    expect(await db.kysely.selectFrom('limiter_outages').select('reason').execute()).toEqual([
      { reason: 'unreachable' },
    ]);
  });

  it('an alert that cannot be written stays for the next time', async () => {
    const api = await startInstance();
    await redis.kill();
    await askTimes([api], '203.0.113.4', 5);
    await redis.restart();
    await until(api, 'redis');
    const broken = brokenStaging('no');
    await expect(api.limiter.outages.flush(db, broken)).rejects.toThrow('no');
    await api.limiter.outages.flush(db, staging);
    expect(await alerts()).toEqual(['limit.degraded', 'limit.restored']);
  });
});

describe('outages while nothing can be written', () => {
  it('are told later, each once, in order; of very many the last is told as one', async () => {
    let n = 0;
    const outages = new Outages({
      now: () => new Date(Date.UTC(2030, 0, 1) + ++n * 1_000),
      makeId: () => makeId('outage', randomBytes(10), ++n),
    });
    for (let i = 0; i < 150; i += 1) {
      outages.begin('slow');
      outages.end();
    }
    await Promise.all([outages.flush(db, staging), outages.flush(db, staging)]);
    expect(await alerts()).toEqual(
      Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 'limit.degraded' : 'limit.restored')),
    );
    const rows = await db.kysely.selectFrom('limiter_outages').select('ended_at').orderBy('id').execute();
    expect(rows).toHaveLength(100);
    expect(rows.at(-1)?.ended_at?.getTime()).toBe(Date.UTC(2030, 0, 1) + n * 1_000);
  });
});

/** Clients that never stop asking, a hundred times a second each, until they are told to. */
function load(apis: readonly TestApi[], addresses: readonly string[]) {
  const asked: TestAnswer[][] = [];
  let stopped = false;
  const clients = Promise.all(
    addresses.map(async (address, i) => {
      const answers: TestAnswer[] = [];
      asked.push(answers);
      while (!stopped) {
        answers.push(await ask(apis[i % apis.length] as TestApi, address));
        await setTimeout(10);
      }
    }),
  );
  // Told by `stop`, not as an error that nobody awaited.
  clients.catch(() => undefined);
  return {
    asked: () => asked.map((answers) => answers.length),
    stop: async () => {
      stopped = true;
      await clients;
      return asked;
    },
  };
}

const CLIENTS = ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'];

interface Fault {
  readonly name: string;
  readonly fail: () => unknown;
  /** What is over at once is done again and again; how many connections each time has cut. */
  readonly again?: () => Promise<number>;
  readonly mend?: () => unknown;
}

const cutAll = async (): Promise<number> =>
  Number(await redis.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'));

/** What the wire does to a Redis that is well. */
const ON_THE_WIRE: readonly Fault[] = [
  {
    name: 'behind a wire that breaks again and again',
    fail: async () => {
      // Each time it has come back: a break of nothing would be none.
      for (let n = 0; n < 20; n += 1) await vi.waitUntil(() => wire.reset() > 0, PATIENCE);
    },
    again: async () => wire.reset(),
  },
  {
    name: 'behind a wire that is late by two seconds',
    fail: () => wire.delay(2_000),
    mend: () => wire.delay(0),
  },
];

const FAULTS: readonly Fault[] = [
  { name: 'killed and started again, empty', fail: () => redis.kill(), mend: () => redis.restart() },
  { name: 'stopped (SIGSTOP) and continued', fail: () => redis.pause(), mend: () => redis.resume() },
  {
    name: 'slow for longer than a request waits',
    fail: () => redis.admin.call('CLIENT', 'PAUSE', String(Math.max(1_500, AWAY_MS)), 'ALL'),
    // Answered when the pause is over.
    mend: () => redis.admin.ping(),
  },
  { name: 'cutting every connection', fail: cutAll, again: cutAll },
  ...(FULL ? ON_THE_WIRE : []),
];

/** Lets the fault last; sees that it did, which what was over at once or had come back would not show. */
async function stayAway(apis: readonly TestApi[], { again }: Fault): Promise<void> {
  const until = performance.now() + AWAY_MS - AGAIN_MS;
  let cuts = 0;
  while (performance.now() < until) {
    await setTimeout(AGAIN_MS);
    if (((await again?.()) ?? 0) > 0) cuts += 1;
  }
  if (AWAY_MS === 0) return;
  if (again) expect(cuts).toBeGreaterThan(AWAY_MS / AGAIN_MS / 4);
  else for (const api of apis) expect(await modeOf(api)).toBe('degraded');
}

describe('under load', () => {
  it.each(FAULTS.map((fault) => [fault.name, fault] as const))(
    'a Redis that is %s: no request hangs, limits hold, and it recovers',
    async (_, fault) => {
      const apis = [await startInstance(), await startInstance()];
      const running = load(apis, CLIENTS);
      try {
        await vi.waitFor(() => expect(Math.min(...running.asked())).toBeGreaterThan(LIMIT / 3), PATIENCE);
        await fault.fail();
        // Newcomers of both instances: all they may have is what each instance alone would give them.
        const newcomers = await askTimes(apis, '203.0.113.200', 60);
        await stayAway(apis, fault);
        await fault.mend?.();
        for (const api of apis) await until(api, 'redis');
        newcomers.push(...(await askTimes(apis, '203.0.113.200', 40)));
        expect(passed(newcomers)).toBeGreaterThanOrEqual(LIMIT);
        expect(passed(newcomers)).toBeLessThanOrEqual(2 * LIMIT);
        // Whoever comes after it has one limit of all instances again.
        expect(passed(await askTimes(apis, '203.0.113.201', 60))).toBe(LIMIT);
        await vi.waitFor(() => expect(Math.min(...running.asked())).toBeGreaterThan(2 * LIMIT), PATIENCE);
      } finally {
        // Each asks one instance only, and that has counted all of its requests, wherever they were decided.
        for (const answers of await running.stop()) expect(passed(answers)).toBe(LIMIT);
      }
    },
  );
});
