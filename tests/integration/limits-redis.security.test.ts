import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openLimiter } from '../../service/limits/open-limiter.ts';
import { openSharedLog } from '../../service/limits/redis/client.ts';
import { RedisLimiter } from '../../service/limits/redis/limiter.ts';
import { startTestRedis } from '../fixtures/redis.ts';

const PASSWORD = 'a-redis-password-of-a-test';
const redis = await startTestRedis({ password: PASSWORD });
afterAll(() => redis.stop());

const closing: (() => void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await redis.admin.flushall();
  await redis.admin.config('SET', 'maxmemory', '0');
});

const ADDRESS = { id: '203.0.113.9', label: '203.0.113.0/24' };
const RULE = { limit: 3, windowSeconds: 10 };

async function limiterAt(options: {
  wallMs?: number;
  sharedMs?: () => number;
  hashKey?: number;
}): Promise<RedisLimiter> {
  const limiter = new RedisLimiter({
    log: openSharedLog(redis.url),
    hashKey: new Uint8Array(32).fill(options.hashKey ?? 1),
    monotonic: () => performance.now(),
    now: () => new Date(options.wallMs ?? Date.now()),
    ...(options.sharedMs ? { sharedNow: options.sharedMs } : {}),
  });
  closing.push(() => limiter.close());
  await limiter.start();
  return limiter;
}

const allowed = async (limiter: RedisLimiter) => (await limiter.take('ip', ADDRESS, RULE)).allowed;

describe('somebody who reads Redis', () => {
  it('finds keyed hashes and times, and nothing that names an address, a key or an operator', async () => {
    const limiter = await limiterAt({});
    await limiter.take('ip', ADDRESS, RULE);
    await limiter.take('key', { id: 'key_01abc', label: 'th_visible1' }, RULE);
    await limiter.take('operator', { id: 'opr_01abc', label: 'Grace Hopper' }, RULE);
    const keys = (await redis.admin.keys('*')).filter((key) => !key.includes(':probe:')).sort();
    expect(keys).toHaveLength(3);
    for (const key of keys) {
      expect(key).toMatch(/^sallyport:limit:(?:ip|key|operator):\{[\w-]{22}\}$/);
      expect(await redis.admin.lrange(key, 0, -1)).toEqual([expect.stringMatching(/^\d{13}$/)]);
    }
  });

  it('cannot tell by guessing who a hash is: another deployment names the same address otherwise', async () => {
    for (const hashKey of [1, 2]) await allowed(await limiterAt({ hashKey }));
    expect(await redis.admin.keys('sallyport:limit:ip:*')).toHaveLength(2);
  });

  it('finds nothing any more when the window is over', async () => {
    const limiter = await limiterAt({});
    for (let i = 0; i < 5; i += 1) await limiter.take('ip', ADDRESS, { limit: 3, windowSeconds: 2 });
    for (const key of await redis.admin.keys('*')) {
      const left = await redis.admin.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(2_000);
    }
  });
});

describe('clocks', () => {
  it('of instances may disagree by hours: Redis’s own counts', async () => {
    const hour = 3_600_000;
    const late = await limiterAt({ wallMs: Date.now() - hour });
    const early = await limiterAt({ wallMs: Date.now() + hour });
    const passed = [await allowed(late), await allowed(early), await allowed(late), await allowed(early)];
    expect(passed).toEqual([true, true, true, false]);
  });

  it('of Redis may be set back: nobody is let through early, or kept out for longer than one window', async () => {
    let sharedMs = 1_900_000_000_000;
    const time = { sharedMs: () => sharedMs };
    const [first, second] = [await limiterAt(time), await limiterAt(time)];
    for (const wait of [0, 4_000, 4_000]) {
      sharedMs += wait;
      expect(await allowed(first)).toBe(true);
    }
    sharedMs -= 3_600_000;
    expect(await second.take('ip', ADDRESS, RULE)).toMatchObject({ allowed: false, resetSeconds: 2 });
    const [key = ''] = await redis.admin.keys('sallyport:limit:ip:*');
    expect(await redis.admin.pttl(key)).toBeGreaterThan(0);
    sharedMs += 1_999;
    expect(await allowed(second)).toBe(false);
    sharedMs += 1;
    expect(await allowed(second)).toBe(true);
  });
});

describe('a Redis that does not do what is asked', () => {
  const opened = async (url: string) => {
    const lines: unknown[] = [];
    const log = (fields: object, message: string) => void lines.push({ ...fields, message });
    const running = await openLimiter({
      redisUrl: url,
      hashKey: new Uint8Array(32),
      monotonic: () => performance.now(),
      now: () => new Date(),
      random: (n) => new Uint8Array(n),
      log: { warn: log, info: log },
    });
    closing.push(running.close);
    return { ...running, logged: () => JSON.stringify(lines) };
  };

  it('for want of the right password counts in the process, and the password stays out of the log', async () => {
    const wrong = 'not-the-password-either';
    const { limiter, logged } = await opened(redis.url.replace(PASSWORD, wrong));
    const takes = [];
    for (let i = 0; i < 5; i += 1) takes.push(await limiter.take('ip', ADDRESS, RULE, false));
    expect(takes.map((took) => took.allowed)).toEqual([true, true, true, false, false]);
    expect(takes[0]?.mode).toBe('degraded');
    expect(limiter.mode()).toBe('degraded');
    expect(logged()).toContain('lost Redis');
    expect(logged()).not.toContain(wrong);
  });

  it('because it is full counts in the process: a write that fails opens nothing', async () => {
    await redis.admin.config('SET', 'maxmemory', '1');
    const limiter = await limiterAt({});
    const passed: boolean[] = [];
    for (let i = 0; i < 5; i += 1) passed.push(await allowed(limiter));
    expect(passed).toEqual([true, true, true, false, false]);
    expect(limiter.mode()).toBe('degraded');
  });

  it('because somebody put other things under its keys counts in the process', async () => {
    const limiter = await limiterAt({});
    await allowed(limiter);
    const [key = ''] = await redis.admin.keys('sallyport:limit:ip:*');
    await redis.admin.set(key, 'something else');
    const passed = [await allowed(limiter), await allowed(limiter), await allowed(limiter)];
    expect(passed).toEqual([true, true, false]);
  });
});
