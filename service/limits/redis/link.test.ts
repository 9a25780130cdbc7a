import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Take } from '../sliding-log.ts';
import { type OutageReason, RedisLink } from './link.ts';

const TOOK: Take = { allowed: true, used: 1, resetMs: 1_000 };
const QUESTION = { scope: 'ip', id: 'someone', limit: 5, windowMs: 1_000, nowMs: null };
const replyError = Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' });

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate'] }));
afterEach(() => vi.useRealTimers());

function linkTo(take: () => Promise<Take>) {
  const events: (OutageReason | 'regained')[] = [];
  const log = { take: vi.fn(take), close: vi.fn() };
  const link = new RedisLink({
    log,
    lost: (reason) => events.push(reason),
    regained: () => events.push('regained'),
  });
  return { link, log, events };
}

describe('the way to Redis', () => {
  it('hands on what Redis answers', async () => {
    const { link, log, events } = linkTo(async () => TOOK);
    expect(await link.take(QUESTION)).toBe(TOOK);
    expect(log.take).toHaveBeenCalledWith('sallyport:limit:ip:{someone}', 5, 1_000, null);
    expect([link.up, events]).toEqual([true, []]);
  });

  it.each<[string, () => Promise<Take>, OutageReason]>([
    ['a refusal', () => Promise.reject(replyError), 'refused'],
    ['a lost connection', () => Promise.reject(new Error('read ECONNRESET')), 'unreachable'],
    ['no answer', () => new Promise(() => undefined), 'slow'],
  ])(
    'is lost by %s within a quarter of a second, once, and nobody waits any more',
    async (_, take, reason) => {
      const { link, log, events } = linkTo(take);
      const asked = Promise.all([link.take(QUESTION), link.take(QUESTION), link.take(QUESTION)]);
      await vi.advanceTimersByTimeAsync(251);
      expect(await asked).toEqual([null, null, null]);
      expect([link.up, events]).toEqual([false, [reason]]);
      expect(await link.take(QUESTION)).toBeNull();
      expect(log.take).toHaveBeenCalledTimes(3);
      link.close();
    },
  );

  it('is found again by three good probes in a row, sent to the slot that failed', async () => {
    const outcomes = [false, true, true, false, true, true, true];
    let asked = -1;
    const { link, log, events } = linkTo(() => {
      asked += 1;
      return asked > 0 && outcomes[asked - 1] ? Promise.resolve(TOOK) : Promise.reject(new Error('away'));
    });
    expect(await link.take(QUESTION)).toBeNull();
    await vi.advanceTimersByTimeAsync(6 * 300 + 299);
    expect(link.up).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect([link.up, events]).toEqual([true, ['unreachable', 'regained']]);
    expect(log.take).toHaveBeenLastCalledWith('sallyport:limit:probe:{someone}', 1_000_000, 1_000, null);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(log.take).toHaveBeenCalledTimes(8);
  });

  it('closed in an outage, is not probed and tells nothing more', async () => {
    const { link, log, events } = linkTo(() => Promise.reject(new Error('away')));
    await link.take(QUESTION);
    link.close();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(log.take).toHaveBeenCalledTimes(1);
    expect(events).toEqual(['unreachable']);
    expect(log.close).toHaveBeenCalled();
  });
});
