import { describe, expect, it } from 'vitest';
import { limitsState } from '../../shared/http/limits.ts';
import { ProcessLimiter } from './limiter.ts';
import { limitsHandlers } from './routes.ts';
import { limitedUnit, truncateAddress } from './subject.ts';

const RULES = {
  ip: { limit: 2, windowSeconds: 10 },
  operator: { limit: 5, windowSeconds: 60 },
  agent: { limit: 4, windowSeconds: 60 },
  key: { limit: 60, windowSeconds: 60 },
};

function limiterAt() {
  const clock = { ms: 0, wall: Date.parse('2030-01-01T00:00:00Z') };
  const limiter = new ProcessLimiter({
    hashKey: new Uint8Array(32),
    monotonic: () => clock.ms,
    now: () => new Date(clock.wall + clock.ms),
  });
  return { clock, limiter };
}

describe('ProcessLimiter', () => {
  it('counts scopes and subjects apart and reports the remainder', async () => {
    const { limiter } = limiterAt();
    const a = limiter.addressSubject('203.0.113.9');
    expect(await limiter.take('ip', a, RULES.ip)).toMatchObject({ allowed: true, remaining: 1 });
    expect(await limiter.take('ip', a, RULES.ip)).toMatchObject({ allowed: true, remaining: 0 });
    expect(await limiter.take('ip', a, RULES.ip)).toMatchObject({
      allowed: false,
      remaining: 0,
      resetSeconds: 10,
    });
    expect((await limiter.take('key', a, RULES.ip)).allowed).toBe(true);
    expect((await limiter.take('ip', limiter.addressSubject('203.0.113.10'), RULES.ip)).allowed).toBe(true);
  });

  it('is unmoved by a wall clock that is set back or forward', async () => {
    const { limiter, clock } = limiterAt();
    const a = limiter.addressSubject('203.0.113.9');
    for (let i = 0; i < 2; i += 1) await limiter.take('ip', a, RULES.ip);
    for (const jump of [-3_600_000, 7_200_000]) {
      clock.wall += jump;
      expect((await limiter.take('ip', a, RULES.ip)).allowed).toBe(false);
    }
  });

  it('answers its state by the contract, with truncated subjects, fullest first', async () => {
    const { limiter, clock } = limiterAt();
    const take = (address: string) => limiter.take('ip', limiter.addressSubject(address), RULES.ip);
    await take('198.51.100.7');
    for (let i = 0; i < 3; i += 1) await take('203.0.113.9');
    clock.ms += 6_000;
    await take('2001:db8:1:2:3::4');
    const answer = await limitsHandlers(limiter, RULES)['limits.state']({}, {} as never);
    const state = limitsState.parse(answer.body);
    expect(state.windows.map((w) => [w.subject, w.used, w.refused])).toEqual([
      ['203.0.113.0/24', 2, 1],
      ['198.51.100.0/24', 1, 0],
      ['2001:db8:1::/48', 1, 0],
    ]);
    expect(state.history).toHaveLength(120);
    expect(state.history.slice(-2).map((b) => [b.allowed, b.refused])).toEqual([
      [3, 1],
      [1, 0],
    ]);
    expect(state.totals).toEqual({ allowed: 4, refused: 1, subjects: 3 });
    expect(JSON.stringify(state)).not.toContain('203.0.113.9');
  });

  it('counts a request once, whatever number of rules it meets', async () => {
    const { limiter, clock } = limiterAt();
    const a = limiter.addressSubject('203.0.113.9');
    const key = { id: 'key', label: 'th_12345678' };
    const rule = { limit: 1, windowSeconds: 60 };
    const counted = () => {
      const { allowed, refused } = limiter.state([]).totals;
      return { allowed, refused };
    };
    await limiter.take('ip', a, RULES.ip);
    await limiter.take('key', key, rule, true);
    expect(counted()).toEqual({ allowed: 1, refused: 0 });
    clock.ms += 4_999;
    await limiter.take('ip', a, RULES.ip);
    clock.ms += 1;
    expect((await limiter.take('key', key, rule, true)).allowed).toBe(false);
    expect(counted()).toEqual({ allowed: 1, refused: 1 });
    expect(limiter.state([]).history.slice(-2)).toMatchObject([
      { allowed: 1, refused: 0 },
      { allowed: 0, refused: 1 },
    ]);
  });

  it('forgets history after ten minutes', async () => {
    const { limiter, clock } = limiterAt();
    await limiter.take('ip', limiter.addressSubject('203.0.113.9'), RULES.ip);
    clock.ms += 601_000;
    expect(limiter.state([]).history.every((bucket) => bucket.allowed === 0)).toBe(true);
    expect(limiter.state([]).windows).toEqual([]);
  });
});

describe('subjects', () => {
  it.each([
    ['203.0.113.9', '203.0.113.0/24', '203.0.113.9'],
    ['2001:db8:1:2:3::4', '2001:db8:1::/48', '2001:db8:1:2::/64'],
    ['::1', '0:0:0::/48', '0:0:0:0::/64'],
    ['2001:db8::', '2001:db8:0::/48', '2001:db8:0:0::/64'],
  ])('%s is shown as %s and counted as %s', (address, shown, counted) => {
    expect(truncateAddress(address)).toBe(shown);
    expect(limitedUnit(address)).toBe(counted);
  });
});
