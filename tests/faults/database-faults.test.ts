import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProcess } from '../fixtures/api-kills.ts';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { type DatabaseProxy, startDatabaseProxy } from '../fixtures/database-proxy.ts';
import { descendantsOf } from '../fixtures/service.ts';
import type { TestOperator } from '../fixtures/signing.ts';

/**
 * SPEC 19.9 for the database, `npm run test:faults` only; limits-redis.test.ts does the same to Redis. `npm test` has the short ones:
 * launcher-recovery.test.ts, gate-database-away.test.ts and history.test.ts.
 */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const PAUSE_MS = Number(process.env.SALLYPORT_PAUSE_SECONDS ?? 30) * 1_000;
const LATE_MS = 2_000;
const RESETS = 20;
const NO_HANG_MS = 5_000;
const RECOVERY_MS = 10_000;
const ASKERS = 8;
const ADMIN_TOKEN = 'f'.repeat(43);

let cluster: TestCluster;
let proxy: DatabaseProxy;
let api: ApiProcess;
let operator: TestOperator;
beforeAll(async () => {
  if (!FULL) return;
  const script = await bundleFixture('api-process');
  cluster = await startTestCluster({ own: 'it kills and stops the postmaster' });
  proxy = await startDatabaseProxy(cluster.endpoint);
  api = await ApiProcess.open(script, cluster, { database: proxy.endpoint, adminToken: ADMIN_TOKEN });
  operator = await api.enrolFirst();
});
afterAll(async () => {
  await api?.close();
  await proxy?.close();
  await cluster?.stop();
});
beforeEach(() => proxy?.delay(0));

interface Heard {
  readonly asked: 'read' | 'write';
  readonly status: number;
  readonly ms: number;
  readonly retryAfter: string | null;
}

async function read(): Promise<Heard> {
  const began = performance.now();
  const answer = await fetch(`${api.url}/api/keys`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  await answer.arrayBuffer();
  const { status, headers } = answer;
  return { asked: 'read', status, ms: performance.now() - began, retryAfter: headers.get('retry-after') };
}

async function write(): Promise<Heard> {
  const began = performance.now();
  const body = { label: 'while it is bad' };
  const { status, headers } = await api.signed('keys.create', '/api/keys', body, operator);
  return { asked: 'write', status, ms: performance.now() - began, retryAfter: headers.get('retry-after') };
}

/** Half of them read and half of them write, one request after the other, until they are told to stop. */
function ask() {
  const heard: Heard[] = [];
  let over = false;
  const asking = Promise.all(
    Array.from({ length: ASKERS }, async (_, n) => {
      while (!over) heard.push(await (n % 2 === 0 ? read() : write()));
    }),
  );
  // Told by `stop`.
  asking.catch(() => undefined);
  const stop = async () => {
    over = true;
    await asking;
  };
  return { heard, stop };
}

const frozen = () => [cluster.pid, ...descendantsOf(cluster.pid)];
const signalAll = (pids: readonly number[], name: NodeJS.Signals): void => {
  for (const pid of pids)
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
};

/** Each is over when its promise is kept. */
const FAULTS: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'killed and started again',
    async () => {
      process.kill(cluster.pid, 'SIGKILL');
      await cluster.restart(3_000);
    },
  ],
  [
    `paused for ${PAUSE_MS / 1_000} s (SIGSTOP)`,
    async () => {
      const pids = frozen();
      signalAll(pids, 'SIGSTOP');
      await sleep(PAUSE_MS).finally(() => signalAll(pids, 'SIGCONT'));
    },
  ],
  [
    'late by two seconds with every packet',
    async () => {
      proxy.delay(LATE_MS);
      await sleep(PAUSE_MS);
      proxy.delay(0);
    },
  ],
  [
    'reset in the middle of whatever it says',
    async () => {
      for (let n = 0; n < RESETS; n += 1) await vi.waitUntil(() => proxy.reset() > 0, { timeout: 10_000 });
    },
  ],
];

/** Asks while it fails and until both a read and a write are answered again. */
async function during(fail: () => Promise<void>) {
  const asking = ask();
  try {
    await vi.waitUntil(() => asking.heard.length > 2 * ASKERS, { timeout: 30_000 });
    await fail();
    const mended = performance.now();
    await vi.waitFor(
      async () => expect([(await read()).status, (await write()).status]).toEqual([200, 201]),
      { timeout: 6 * RECOVERY_MS, interval: 50 },
    );
    return { heard: asking.heard, backMs: performance.now() - mended };
  } finally {
    // Whatever happened, nobody asks on beside the next fault.
    await asking.stop();
  }
}

describe.runIf(FULL)('a database that is', () => {
  it.each(FAULTS)(
    '%s: nobody waits for more than 5 s, 503 says when to come back, and it is back in 10 s',
    async (name, fail) => {
      const { heard, backMs } = await during(fail);
      const counts: Record<number, number> = {};
      for (const { status } of heard) counts[status] = (counts[status] ?? 0) + 1;
      const longestMs = Math.round(Math.max(...heard.map(({ ms }) => ms)));
      const away = heard.filter(({ status }) => status === 503);
      const refused = Object.fromEntries(
        (['read', 'write'] as const).map((one) => [one, away.filter(({ asked }) => asked === one).length]),
      );
      process.stdout.write(
        `database ${name}: ${JSON.stringify({ answers: counts, refused, longestMs, backMs: Math.round(backMs) })}\n`,
      );
      expect(Object.keys(counts).filter((status) => !['200', '201', '503'].includes(status))).toEqual([]);
      expect(away.filter(({ retryAfter }) => retryAfter === null)).toEqual([]);
      expect(longestMs).toBeLessThan(NO_HANG_MS);
      expect(backMs).toBeLessThan(RECOVERY_MS);
    },
  );
});
