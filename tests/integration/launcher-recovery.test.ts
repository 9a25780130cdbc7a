import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectNothingLost, RECOVERY_MS, startWriter } from '../fixtures/key-writer.ts';
import {
  enrolOperator,
  readLedger,
  ServiceBench,
  type TestAccess,
  type TestService,
} from '../fixtures/service.ts';

let bench: ServiceBench;
let service: TestService;
let access: TestAccess;
/** One service lives through all of it, as in a bad night. */
beforeAll(async () => {
  bench = await ServiceBench.open();
  service = bench.start();
  access = await enrolOperator(service);
});
afterAll(() => bench.close());

/** SPEC 19.9. */
const NO_HANG_MS = 5_000;

describe('SIGKILL under load', () => {
  const victims: [name: string, pid: (service: TestService) => number, spread: string[]][] = [
    ['the API', (service) => service.pidOf('api'), ['api']],
    ['the integrator', (service) => service.pidOf('integrator'), ['integrator']],
    ['PostgreSQL', (service) => service.postmaster(), ['database']],
    [
      'the database process, whose postmaster is adopted',
      (service) => service.pidOf('database'),
      ['database'],
    ],
  ];

  it.each(victims)(
    'of %s: back within 10 s, nothing acknowledged lost, doubled or out of order',
    async (_name, victim, spread) => {
      const told = service.stderr.length;
      const writer = startWriter(access);
      await writer.until(5);
      process.kill(victim(service), 'SIGKILL');
      const killed = performance.now();
      const before = writer.acknowledged.length;
      await writer.until(before + 10);
      expect(performance.now() - killed).toBeLessThan(RECOVERY_MS);
      await writer.stop();
      expect(writer.refusals.filter(({ status }) => status !== 503)).toEqual([]);
      await vi.waitFor(async () => expect((await fetch(`${access.api}/readyz`)).status).toBe(200), {
        timeout: RECOVERY_MS,
        interval: 100,
      });
      await expectNothingLost(access, writer.acknowledged);
      // Whoever was not killed ran on: one death must not spread.
      const ended = ['database', 'integrator', 'api', 'resolver'].filter((name) =>
        service.stderr.slice(told).includes(`"${name}":"restarting"`),
      );
      expect(ended).toEqual(spread);
    },
  );
});

describe('a database that hangs (SIGSTOP)', () => {
  it('costs a clear 503 with Retry-After within 5 s, and is back when it goes on', async () => {
    const writer = startWriter(access);
    await writer.until(3);
    const frozen = service.postgres();
    expect(frozen.length).toBeGreaterThan(3);
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    try {
      const begun = performance.now();
      const answer = await fetch(`${access.api}/api/keys`, {
        headers: { authorization: `Bearer ${access.token}` },
      });
      expect(performance.now() - begun).toBeLessThan(NO_HANG_MS);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).not.toBeNull();
    } finally {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
    }
    await writer.until(writer.acknowledged.length + 3);
    await writer.stop();
    await expectNothingLost(access, writer.acknowledged);
  });
});

/** Reads entries of the stream until it breaks or has as many as are wanted. */
async function readStream(access: TestAccess, after: string | undefined, enough: (ids: string[]) => boolean) {
  const leave = new AbortController();
  const ids: string[] = [];
  try {
    const answer = await fetch(`${access.api}/api/events/stream`, {
      headers: {
        authorization: `Bearer ${access.token}`,
        ...(after === undefined ? {} : { 'last-event-id': after }),
      },
      signal: leave.signal,
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const events = answer.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    if (!events) throw new Error('no stream');
    for await (const event of events) {
      if (event.event === 'entry' && event.id !== undefined) ids.push(event.id);
      if (enough(ids)) break;
    }
  } catch (error) {
    if (ids.length === 0 && !(error instanceof TypeError)) throw error;
  } finally {
    leave.abort();
  }
  return ids;
}

describe('the event stream', () => {
  it('resumes with no gap and no duplicate across a kill of the API and a restart of the service', async () => {
    const writer = startWriter(access);
    const seen = await readStream(access, '-1', (ids) => ids.length >= 5);

    const broken = readStream(access, seen.at(-1), () => false);
    await writer.until(writer.acknowledged.length + 3);
    process.kill(service.pidOf('api'), 'SIGKILL');
    seen.push(...(await broken));
    await writer.until(writer.acknowledged.length + 3);
    await writer.stop();
    await service.stop();

    service = bench.start();
    access = { ...access, api: await service.ready() };
    const head = (await readLedger(access)).length;
    seen.push(...(await readStream(access, seen.at(-1), (ids) => Number(ids.at(-1)) === head - 1)));
    expect(seen.map(Number)).toEqual(seen.map((_, i) => i));
    await expectNothingLost(access, writer.acknowledged);
  });
});
