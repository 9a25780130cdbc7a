import { Cluster, Redis } from 'ioredis';
import type { Take } from '../sliding-log.ts';
import { readTake, SLIDING_LOG } from './script.ts';

/** A connection that is not there after this long is tried again. */
const CONNECT_MS = 1_000;
/** Redis that is back is found again within this. */
const RECONNECT_MS = 250;
/** A connection on which nothing comes back is given up: its other end may be gone without a word. */
const SILENT_MS = 2_000;

/** What the limiter asks of Redis. */
export interface SharedLog {
  /**
   * @param key holds the log; everything of it lies in one slot of a cluster
   * @param nowMs instead of Redis's own time, in tests
   */
  take(key: string, limit: number, windowMs: number, nowMs: number | null): Promise<Take>;
  /** At once: a server that hangs is not waited for. */
  close(): void;
}

type Scripted = { slidingLog(key: string, limit: number, windowMs: number, nowMs: string): Promise<unknown> };

/**
 * Nothing is queued or sent again by itself: a request is counted now or by this process alone, never later. RESP2 needs no
 * greeting, so that servers from Redis 5 on and proxies before them will do.
 */
const COMMON = {
  connectTimeout: CONNECT_MS,
  socketTimeout: SILENT_MS,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  disableClientInfo: true,
  protocol: 2,
  scripts: { slidingLog: { lua: SLIDING_LOG, numberOfKeys: 1 } },
} as const;

/** Nodes stand in one list, separated by commas; one alone is a Redis without a cluster. */
function connect(url: string): Redis | Cluster {
  const nodes = url.split(',').map((node) => node.trim());
  const [only = ''] = nodes;
  if (nodes.length === 1) return new Redis(only, { ...COMMON, retryStrategy: () => RECONNECT_MS });
  const { username, password, protocol } = new URL(only);
  return new Cluster(nodes, {
    enableOfflineQueue: false,
    clusterRetryStrategy: () => RECONNECT_MS,
    slotsRefreshTimeout: CONNECT_MS,
    scripts: COMMON.scripts,
    redisOptions: {
      ...COMMON,
      ...(password ? { username: decodeURIComponent(username), password: decodeURIComponent(password) } : {}),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    },
  });
}

/** @param url `redis://`, `rediss://`, the path of a Unix socket, or several nodes of a cluster separated by commas */
export function openSharedLog(url: string): SharedLog {
  const client = connect(url);
  // A lost connection is no error of its own: whoever asks is told, and the client connects again.
  client.on('error', () => undefined);
  const scripted = client as unknown as Scripted;
  return {
    take: async (key, limit, windowMs, nowMs) =>
      readTake(await scripted.slidingLog(key, limit, windowMs, nowMs === null ? '' : String(nowMs))),
    close: () => client.disconnect(),
  };
}
