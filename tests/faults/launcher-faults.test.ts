import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expectNothingLost, startWriter } from '../fixtures/key-writer.ts';
import { enrolOperator, ServiceBench, type TestAccess, type TestService } from '../fixtures/service.ts';
import { verifyLog } from '../fixtures/verify-log.ts';

/** `npm run test:faults` only: each of these starts a whole service and breaks it for a while. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const PATIENCE = { timeout: 90_000, interval: 100 };

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

type Writer = ReturnType<typeof startWriter>;

/** It serves again, has lost nothing that it acknowledged, and its log verifies. */
async function expectWhole(access: TestAccess, writer: Writer): Promise<number> {
  await writer.until(writer.acknowledged.length + 5, PATIENCE.timeout);
  await writer.stop();
  await vi.waitFor(async () => expect((await fetch(`${access.api}/readyz`)).status).toBe(200), PATIENCE);
  const entries = await expectNothingLost(access, writer.acknowledged);
  expect(await verifyLog(access, bench.base)).toMatchObject({ code: 0 });
  return entries;
}

const report = (fault: string, { acknowledged, refusals, longest }: Writer, more: object): void => {
  const refused: Record<number, number> = {};
  for (const { status } of refusals) refused[status] = (refused[status] ?? 0) + 1;
  const counts = { acknowledged: acknowledged.length, refused, longestMs: Math.round(longest()), ...more };
  process.stdout.write(`${fault}: ${JSON.stringify(counts)}\n`);
};

/** Opens connections that say nothing. @returns those that were taken */
async function crowd(api: string, count: number): Promise<Socket[]> {
  const { hostname, port } = new URL(api);
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname));
  for (const socket of sockets) socket.on('error', () => undefined);
  await vi.waitFor(() => expect(sockets.filter(({ connecting }) => connecting)).toEqual([]), PATIENCE);
  return sockets;
}

/** Asks on a connection of its own. @returns the status, or how it ended without one */
const knock = (api: string): Promise<number | string> =>
  new Promise((told) => {
    const asked = get(`${api}/healthz`, { agent: false, timeout: 5_000 }, (answer) => {
      answer.resume();
      told(answer.statusCode ?? 0);
    });
    asked.on('timeout', () => asked.destroy(new Error('silence')));
    asked.on('error', ({ message }) => told(message));
  });

const descriptorsOf = (pid: number): number =>
  execFileSync('ls', [`/proc/${pid}/fd`], { encoding: 'utf8' }).split('\n').length - 1;

describe.runIf(FULL && process.platform === 'linux')('file descriptors that are used up', () => {
  const MOST = 128;

  it('by silent connections: no process of it dies, and it serves on when they are gone', async () => {
    const service = bench.start([], {}, ['prlimit', `--nofile=${MOST}:${MOST}`]);
    const access = await enrolOperator(service);
    const [api, log] = [service.pidOf('api'), service.stderr.length];
    const writer = startWriter(access);
    await writer.until(5);
    const sockets = await crowd(access.api, 4 * MOST);
    await vi.waitFor(() => expect(descriptorsOf(api)).toBeGreaterThanOrEqual(MOST - 2), PATIENCE);
    const newcomer = await knock(access.api);
    expect(newcomer, 'who comes now finds nobody, rather than one who waits for ever').not.toBe(200);
    await vi.waitFor(() => expect(service.stderr.slice(log)).toContain('EMFILE'), PATIENCE);
    const before = writer.acknowledged.length;
    for (const socket of sockets) socket.destroy();
    await writer.until(before + 10, PATIENCE.timeout);
    const entries = await expectWhole(access, writer);
    const survived = service.pidOf('api') === api;
    report('descriptors', writer, { entries, newcomer, survived });
    expect(survived, service.stderr.slice(log)).toBe(true);
  });
});

/** Lets a process have no more memory than it has now: its next page is refused by the kernel. */
const starve = (pid: number): void => {
  const [, , , , , data = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  execFileSync('prlimit', ['--pid', String(pid), `--data=${Number(data) * 4096}`]);
};

/** What V8, or a native part, says as it ends. */
const OUT_OF_MEMORY = /out of memory|Allocation failed|memory allocation|bad_alloc/i;

const restartsOf = (service: TestService, name: string, since: number): number =>
  service.stderr.slice(since).split(`"${name}":"restarting"`).length - 1;

describe.runIf(FULL && process.platform === 'linux')('memory that is used up', () => {
  it.each(['api', 'integrator', 'resolver'] as const)(
    'by the %s process: it is ended, started again, and nothing acknowledged is lost',
    async (name) => {
      const service = bench.start();
      const access = await enrolOperator(service);
      const writer = startWriter(access);
      await writer.until(5);
      const [starved, told] = [service.pidOf(name), service.stderr.length];
      starve(starved);
      let over = false;
      const load = (async () => {
        while (!over)
          await Promise.all(
            Array.from({ length: 16 }, () =>
              fetch(`${access.api}/api/logs/ledger?limit=500`, {
                headers: { authorization: `Bearer ${access.token}` },
                signal: AbortSignal.timeout(8_000),
              })
                .then((answer) => answer.arrayBuffer())
                .catch(() => undefined),
            ),
          );
      })();
      await vi.waitFor(() => expect(restartsOf(service, name, told)).toBeGreaterThan(0), PATIENCE);
      over = true;
      await load;
      expect(service.stderr.slice(told)).toMatch(OUT_OF_MEMORY);
      const entries = await expectWhole(access, writer);
      report(`memory of ${name}`, writer, { entries });
      expect(writer.refusals.filter(({ status }) => status < 500)).toEqual([]);
    },
  );
});

const chmod = (mode: string, folder: string): void => void execFileSync('chmod', ['-R', mode, folder]);

describe.runIf(FULL && process.platform !== 'win32')(
  'a data directory that cannot be written any more',
  () => {
    it('is said, refuses what cannot be kept, and is over when it can be written again', async () => {
      const service = bench.start();
      const access = await enrolOperator(service);
      const writer = startWriter(access);
      await writer.until(5);
      const told = service.stderr.length;
      chmod('a-w', service.dataDir);
      try {
        // Open files stay open: whoever comes next finds what has become of it.
        process.kill(service.postmaster(), 'SIGKILL');
        await vi.waitFor(
          () => expect(service.stderr.slice(told)).toMatch(/cannot be written|Permission denied/),
          PATIENCE,
        );
        await vi.waitFor(() => expect(writer.refusals.at(-1)?.status).toBe(503), PATIENCE);
      } finally {
        chmod('u+w', service.dataDir);
      }
      const entries = await expectWhole(access, writer);
      report('read-only', writer, { entries });
    });
  },
);
