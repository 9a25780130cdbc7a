import { makeId } from '../../shared/ids/ids.ts';
import { type LimiterDeps, type OpenLimiter, ProcessLimiter } from './limiter.ts';
import { Outages } from './outages.ts';
import { openSharedLog } from './redis/client.ts';
import { RedisLimiter } from './redis/limiter.ts';

export interface LimiterOptions extends LimiterDeps {
  /** Where instances count together; absent: each process counts alone, by choice. */
  readonly redisUrl: string | undefined;
  random(bytes: number): Uint8Array;
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
}

export interface RunningLimiter {
  readonly limiter: OpenLimiter;
  readonly outages: Outages;
  close(): void;
}

/** The limiter that configuration asks for. One whose Redis does not answer starts degraded, and says so. */
export async function openLimiter({
  redisUrl,
  random,
  log,
  ...deps
}: LimiterOptions): Promise<RunningLimiter> {
  const outages = new Outages({
    now: deps.now,
    makeId: () => makeId('outage', random(10), deps.now().getTime()),
  });
  if (redisUrl === undefined) return { limiter: new ProcessLimiter(deps), outages, close: () => undefined };
  const limiter = new RedisLimiter({
    ...deps,
    log: openSharedLog(redisUrl),
    // The URL may hold a password, and so may an error of the client: the reason is all that is told.
    lost: (reason) => {
      outages.begin(reason);
      log.warn({ reason }, 'the limiter lost Redis and counts in this process alone');
    },
    regained: () => {
      outages.end();
      log.info({}, 'the limiter counts in Redis again');
    },
  });
  await limiter.start();
  return { limiter, outages, close: () => limiter.close() };
}
