import { LimitsError } from '../limits-error.ts';
import type { Take } from '../sliding-log.ts';

/**
 * The sliding log of one subject as one atomic step. Its key holds the times, in milliseconds and oldest first, of the
 * requests that passed; it expires with the newest of them.
 *
 * The time is Redis's own, so that instances whose clocks disagree share one window; a test sends a time of its own. A clock
 * that was set back finds times of the future: they move back with it, as if the newest had passed just now, so nobody is
 * let through early or kept out for longer than one window. Finding what has left the window is a binary search: after a
 * burst of 100,000 it takes as long as after one.
 */
export const SLIDING_LOG = `
local key = KEYS[1]
local limit, window, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local newest = tonumber(redis.call('LINDEX', key, -1) or nil)
if newest and newest > now then
  local times = redis.call('LRANGE', key, 0, -1)
  redis.call('DEL', key)
  for _, at in ipairs(times) do redis.call('RPUSH', key, string.format('%.0f', at - (newest - now))) end
  redis.call('PEXPIRE', key, window)
end
local used = redis.call('LLEN', key)
local left, low, high = now - window, 0, used
if used > 0 and tonumber(redis.call('LINDEX', key, 0)) <= left then
  while low < high do
    local middle = math.floor((low + high) / 2)
    if tonumber(redis.call('LINDEX', key, middle)) <= left then low = middle + 1 else high = middle end
  end
  redis.call('LTRIM', key, low, -1)
  used = used - low
end
local allowed = used < limit
if allowed then
  redis.call('RPUSH', key, string.format('%.0f', now))
  redis.call('PEXPIRE', key, window)
  used = used + 1
end
local blocking = tonumber(redis.call('LINDEX', key, allowed and 0 or used - limit) or now)
return { allowed and 1 or 0, used, blocking + window - now }
`;

/** @throws LimitsError `store-answer` when Redis answers something else than the script does */
export function readTake(reply: unknown): Take {
  const [allowed, used, resetMs] = Array.isArray(reply) ? (reply as unknown[]) : [];
  if ((allowed === 0 || allowed === 1) && typeof used === 'number' && typeof resetMs === 'number')
    return { allowed: allowed === 1, used, resetMs };
  throw new LimitsError('store-answer', 'Redis answered something else than the limiter’s script does');
}
