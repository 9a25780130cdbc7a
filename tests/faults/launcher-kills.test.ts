import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sequence } from '../fixtures/bank.ts';
import { expectNothingLost, RECOVERY_MS, startWriter } from '../fixtures/key-writer.ts';
import { enrolOperator, ServiceBench, type TestService } from '../fixtures/service.ts';
import { verifyLog } from '../fixtures/verify-log.ts';

/** SPEC 19.7, `npm run test:faults` only. `npm test` kills each of them once, in launcher-recovery.test.ts. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const CLIENTS = Number(process.env.SALLYPORT_KILL_CLIENTS ?? 50);
const MINUTES = Number(process.env.SALLYPORT_KILL_MINUTES ?? 10);
const KILLS = Number(process.env.SALLYPORT_KILLS ?? 100);
const SEED = Number(process.env.SALLYPORT_KILL_SEED ?? 7);
const LENGTH_MS = MINUTES * 60_000;
/** Reading a log of some hundred thousand entries page by page. */
const READING_MS = 300_000;

const VICTIMS = {
  api: (service: TestService) => service.pidOf('api'),
  integrator: (service: TestService) => service.pidOf('integrator'),
  'database process': (service: TestService) => service.pidOf('database'),
  PostgreSQL: (service: TestService) => service.postmaster(),
} as const;
const NAMES = Object.keys(VICTIMS) as (keyof typeof VICTIMS)[];

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

describe.runIf(FULL)(`${CLIENTS} clients for ${MINUTES} minutes, ${KILLS} SIGKILLs (seed ${SEED})`, () => {
  it('lose, double and misplace no acknowledged entry, and are served again within 10 s', {
    timeout: 2 * LENGTH_MS + 2 * READING_MS + KILLS * RECOVERY_MS,
  }, async () => {
    const random = sequence(SEED);
    const service = bench.start();
    const access = await enrolOperator(service);
    const writers = Array.from({ length: CLIENTS }, () => startWriter(access));
    const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0);
    await vi.waitUntil(() => acknowledged() > CLIENTS, { timeout: 60_000, interval: 50 });

    const killed: Record<string, number> = {};
    const recoveries: number[] = [];
    const began = Date.now();
    for (let n = 0; n < KILLS; n += 1) {
      // Somewhere in its own share of the time; a recovery that took longer moves what follows.
      const due = began + ((n + random()) / KILLS) * LENGTH_MS;
      await sleep(Math.max(0, due - Date.now()));
      const name = NAMES[Math.floor(random() * NAMES.length)] ?? 'api';
      // It may still be coming back from the last time.
      await vi.waitFor(() => process.kill(VICTIMS[name](service), 'SIGKILL'), {
        timeout: 60_000,
        interval: 50,
      });
      killed[name] = (killed[name] ?? 0) + 1;
      const dead = performance.now();
      const isServed = () => writers.some((writer) => writer.served() > dead);
      await vi.waitUntil(isServed, { timeout: 60_000, interval: 10 });
      recoveries.push(performance.now() - dead);
      await vi.waitFor(async () => expect((await fetch(`${access.api}/readyz`)).status).toBe(200), {
        timeout: 60_000,
        interval: 100,
      });
    }
    await sleep(Math.max(0, began + LENGTH_MS - Date.now()));
    await Promise.all(writers.map((writer) => writer.stop()));

    const refused = new Set(writers.flatMap(({ refusals }) => refusals.map(({ status }) => status)));
    expect([...refused].filter((status) => status !== 503)).toEqual([]);
    const all = writers.flatMap((writer) => writer.acknowledged);
    expect(new Set(all).size).toBe(all.length);
    const entries = await expectNothingLost(access, all, READING_MS);
    expect(await verifyLog(access, bench.base)).toMatchObject({ code: 0 });
    const sorted = recoveries.sort((a, b) => a - b).map(Math.round);
    const recovery = { medianMs: sorted[Math.floor(sorted.length / 2)], longestMs: sorted.at(-1) };
    const figures = { seed: SEED, killed, acknowledged: all.length, entries, recovery };
    process.stdout.write(`launcher kills: ${JSON.stringify(figures)}\n`);
    expect(recovery.longestMs).toBeLessThan(RECOVERY_MS);
  });
});
