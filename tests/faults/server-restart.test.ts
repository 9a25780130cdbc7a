import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TEST_ROOT } from '../fixtures/cluster-root.ts';
import { type ForeignServer, startForeignServer } from '../fixtures/foreign-server.ts';
import { expectNothingLost, RECOVERY_MS, startWriter } from '../fixtures/key-writer.ts';
import { enrolOperator, type TestAccess, TestService } from '../fixtures/service.ts';
import { verifyLog } from '../fixtures/verify-log.ts';

/** `npm run test:faults` only: two services on one server of somebody else, which its DBA restarts under them. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const RESTARTS = Number(process.env.SALLYPORT_SERVER_RESTARTS ?? 5);
const DOWN_MS = 1_000;

let server: ForeignServer;
beforeAll(async () => {
  if (FULL) server = await startForeignServer();
});
afterAll(() => server?.stop());

function start(name: string): TestService {
  const service = new TestService(join(server.folder, name), [], {
    DATABASE_URL: server.url('sallyport'),
    SALLYPORT_DATABASE_CA: server.ca.file,
    SALLYPORT_ROOT_KEY: Buffer.from(TEST_ROOT).toString('base64url'),
    ADMIN_API_KEY: 'k'.repeat(43),
  });
  onTestFinished(async () => void (await service.stop()));
  return service;
}

const isReady = async ({ api }: TestAccess): Promise<void> =>
  expect((await fetch(`${api}/readyz`)).status).toBe(200);

describe.runIf(FULL)(`a server that is restarted ${RESTARTS} times under two launchers`, () => {
  it('costs 503 meanwhile, loses nothing acknowledged, and both are back within 10 s of it', async () => {
    const one = start('one');
    const first = await enrolOperator(one);
    const two = start('two');
    const api = await two.ready();
    // What is signed names whom it is for.
    const second = { ...first, api, origin: api };
    const writers = [startWriter(first), startWriter(second)];
    const recoveries: number[] = [];
    for (let n = 0; n < RESTARTS; n += 1) {
      for (const writer of writers) await writer.until(writer.acknowledged.length + 5, 60_000);
      await server.restart(async () => void (await sleep(DOWN_MS)));
      const [back, counts] = [performance.now(), writers.map(({ acknowledged }) => acknowledged.length)];
      for (const [i, writer] of writers.entries()) await writer.until((counts[i] ?? 0) + 2, 60_000);
      recoveries.push(Math.round(performance.now() - back));
      for (const access of [first, second])
        await vi.waitFor(() => isReady(access), { timeout: 60_000, interval: 100 });
    }
    for (const writer of writers) await writer.stop();
    const acknowledged = writers.flatMap((writer) => writer.acknowledged);
    const entries = await expectNothingLost(second, acknowledged, 60_000);
    expect(await verifyLog(first, server.folder)).toMatchObject({ code: 0 });
    const refused = new Set(writers.flatMap(({ refusals }) => refusals.map(({ status }) => status)));
    expect([...refused].filter((status) => status !== 503)).toEqual([]);
    for (const service of [one, two]) expect(service.child.exitCode).toBeNull();
    const figures = { restarts: RESTARTS, acknowledged: acknowledged.length, entries, recoveries };
    process.stdout.write(`server restarts: ${JSON.stringify(figures)}\n`);
    expect(Math.max(...recoveries)).toBeLessThan(RECOVERY_MS);
  });
});
