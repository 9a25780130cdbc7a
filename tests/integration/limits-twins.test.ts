import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type OpenLimiter, ProcessLimiter } from '../../service/limits/limiter.ts';
import { openSharedLog } from '../../service/limits/redis/client.ts';
import { RedisLimiter } from '../../service/limits/redis/limiter.ts';
import { limitsHandlers } from '../../service/limits/routes.ts';
import { limitsState } from '../../shared/http/limits.ts';
import { startTestRedis, type TestRedis } from '../fixtures/redis.ts';

/**
 * One suite over every way to count: in the process, in Redis, in Redis by two instances that take turns, and in a Redis
 * Cluster. Whatever one answers, all must.
 */
const redis = await startTestRedis();
const cluster = await startTestRedis({ cluster: true });
afterAll(() => Promise.all([redis.stop(), cluster.stop()]));

const WINDOW_SECONDS = 10;
const HASH_KEY = new Uint8Array(32).fill(3);
const RULES = {
  ip: { limit: 2, windowSeconds: 10 },
  operator: { limit: 5, windowSeconds: 60 },
  agent: { limit: 4, windowSeconds: 60 },
  key: { limit: 60, windowSeconds: 60 },
};

const opened: RedisLimiter[] = [];
afterEach(async () => {
  for (const limiter of opened.splice(0)) limiter.close();
  await redis.admin.flushall();
});

class VirtualClock {
  ms = 0;
  readonly deps = {
    hashKey: HASH_KEY,
    monotonic: () => this.ms,
    now: () => new Date(Date.parse('2030-01-01T00:00:00Z') + this.ms),
    sharedNow: () => 1_900_000_000_000 + this.ms,
  };
}

async function inRedis(server: TestRedis, clock: VirtualClock): Promise<RedisLimiter> {
  const limiter = new RedisLimiter({ ...clock.deps, log: openSharedLog(server.url) });
  opened.push(limiter);
  await limiter.start();
  expect(limiter.mode()).toBe('redis');
  return limiter;
}

/** Requests reach one instance, then the other. */
function takingTurns(limiters: readonly OpenLimiter[]): Pick<OpenLimiter, 'take'> {
  let n = 0;
  return {
    take: (...request) => {
      n += 1;
      return (limiters[n % limiters.length] as OpenLimiter).take(...request);
    },
  };
}

const WAYS: Record<string, (clock: VirtualClock) => Promise<Pick<OpenLimiter, 'take'>>> = {
  'in the process': async (clock) => new ProcessLimiter(clock.deps),
  'in Redis': (clock) => inRedis(redis, clock),
  'in Redis by two instances': async (clock) =>
    takingTurns([await inRedis(redis, clock), await inRedis(redis, clock)]),
  'in a Redis Cluster': (clock) => inRedis(cluster, clock),
};

/** The definition: at most `limit` of one subject in any span of the window. */
class Model {
  readonly #passed: { who: string; at: number }[] = [];

  take(who: string, limit: number, now: number) {
    const counted = this.#passed.filter((p) => p.who === who && p.at > now - WINDOW_SECONDS * 1000);
    const allowed = counted.length < limit;
    if (allowed) this.#passed.push({ who, at: now });
    const used = counted.length + (allowed ? 1 : 0);
    const blocking = counted[allowed ? 0 : counted.length - limit]?.at ?? now;
    return {
      allowed,
      remaining: Math.max(0, limit - used),
      resetSeconds: (blocking + WINDOW_SECONDS * 1000 - now) / 1000,
    };
  }
}

let subjects = 0;
const aSubject = () => ({ id: `subject-${++subjects}`, label: 'a' });

describe.each(Object.entries(WAYS))('a sliding log %s', (name, open) => {
  const limitsOfARun = name.includes('two instances')
    ? fc.integer({ min: 1, max: 8 }).map((limit) => [limit])
    : fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 });
  const steps = fc.array(
    fc.record({
      wait: fc.oneof(fc.nat(6_000), fc.constantFrom(0, 1, 9_999, 10_000, 10_001)),
      who: fc.nat(1),
      limit: fc.nat(2),
    }),
    { maxLength: 60 },
  );

  it('agrees with the definition for any sequence of requests and limits', async () => {
    const clock = new VirtualClock();
    const limiter = await open(clock);
    await fc.assert(
      fc.asyncProperty(steps, limitsOfARun, async (sequence, limits) => {
        const model = new Model();
        const who = [aSubject(), aSubject()];
        for (const step of sequence) {
          clock.ms += step.wait;
          const limit = limits[step.limit % limits.length] ?? 1;
          const subject = who[step.who] ?? aSubject();
          const took = await limiter.take('ip', subject, { limit, windowSeconds: WINDOW_SECONDS }, false);
          expect(took).toMatchObject(model.take(subject.id, limit, clock.ms));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('lets no burst pass across the boundary of a fixed window', async () => {
    const clock = new VirtualClock();
    const limiter = await open(clock);
    const subject = aSubject();
    const allowed: number[] = [];
    for (const at of [9_900, 9_950, 9_999, 10_001, 10_050]) {
      clock.ms = at;
      if ((await limiter.take('ip', subject, { limit: 3, windowSeconds: 10 }, false)).allowed)
        allowed.push(at);
    }
    expect(allowed).toEqual([9_900, 9_950, 9_999]);
  });

  it('lets exactly the limit pass when all ask at once', async () => {
    const limiter = await open(new VirtualClock());
    const subject = aSubject();
    const rule = { limit: 30, windowSeconds: 10 };
    const takes = await Promise.all(
      Array.from({ length: 200 }, () => limiter.take('ip', subject, rule, false)),
    );
    expect(takes.filter((took) => took.allowed)).toHaveLength(30);
    expect(takes.filter((took) => took.mode === 'degraded')).toHaveLength(0);
  });

  it('counts scopes and subjects apart', async () => {
    const limiter = await open(new VirtualClock());
    const [a, b] = [aSubject(), aSubject()];
    const rule = { limit: 1, windowSeconds: 10 };
    const take = async (scope: 'ip' | 'key' | 'operator', subject: typeof a) =>
      (await limiter.take(scope, subject, rule, false)).allowed;
    expect([
      await take('ip', a),
      await take('key', a),
      await take('operator', a),
      await take('ip', b),
    ]).toEqual([true, true, true, true]);
    expect([await take('ip', a), await take('key', a), await take('ip', b)]).toEqual([false, false, false]);
  });

  it('lets four heartbeats of an agent pass in a minute (SPEC 5)', async () => {
    const clock = new VirtualClock();
    const limiter = await open(clock);
    const agent = aSubject();
    const passed: boolean[] = [];
    for (let i = 0; i < 12; i += 1) {
      passed.push((await limiter.take('agent', agent, RULES.agent, false)).allowed);
      clock.ms += 10_000;
    }
    const minute = [true, true, true, true, false, false];
    expect(passed).toEqual([...minute, ...minute]);
  });

  it('forgets a long burst as a whole when it leaves the window', async () => {
    const clock = new VirtualClock();
    const limiter = await open(clock);
    const subject = aSubject();
    const rule = { limit: 1_000, windowSeconds: 10 };
    await Promise.all(Array.from({ length: 1_000 }, () => limiter.take('key', subject, rule, false)));
    clock.ms += 9_999;
    expect((await limiter.take('key', subject, rule, false)).allowed).toBe(false);
    clock.ms += 1;
    expect(await limiter.take('key', subject, rule, false)).toMatchObject({ allowed: true, remaining: 999 });
  });
});

describe('the state that is shown', () => {
  const statesOf = async (limiter: OpenLimiter, clock: VirtualClock) => {
    const take = (address: string) => limiter.take('ip', limiter.addressSubject(address), RULES.ip, false);
    await take('198.51.100.7');
    for (let i = 0; i < 3; i += 1) await take('203.0.113.9');
    clock.ms += 6_000;
    await take('2001:db8:1:2:3::4');
    const { body } = await limitsHandlers(limiter, RULES)['limits.state']({}, {} as never);
    return limitsState.parse(body);
  };

  it('is the same wherever it is counted, but for the mode', async () => {
    const clocks = [new VirtualClock(), new VirtualClock()] as const;
    const own = await statesOf(new ProcessLimiter(clocks[0].deps), clocks[0]);
    const shared = await statesOf(await inRedis(redis, clocks[1]), clocks[1]);
    expect(own.mode).toBe('process');
    expect(shared).toEqual({ ...own, mode: 'redis' });
  });

  it('tells what other instances have used as well', async () => {
    const clock = new VirtualClock();
    const [a, b] = [await inRedis(redis, clock), await inRedis(redis, clock)];
    const rule = { limit: 5, windowSeconds: 10 };
    const subject = a.addressSubject('203.0.113.9');
    for (let i = 0; i < 3; i += 1) await a.take('ip', subject, rule);
    await b.take('ip', subject, rule);
    expect(b.state([]).windows).toMatchObject([{ subject: '203.0.113.0/24', used: 4, limit: 5 }]);
    clock.ms += 10_000;
    expect(b.state([]).windows).toEqual([]);
  });
});
