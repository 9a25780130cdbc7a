import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bundleFixture } from '../fixtures/bundle.ts';
import { canSetClocks, FalseClock } from '../fixtures/false-clock.ts';
import { expectNothingLost, startWriter } from '../fixtures/key-writer.ts';
import { enrolOperator, ServiceBench, type TestAccess } from '../fixtures/service.ts';
import { type Prepared, prepareSigned } from '../fixtures/signing.ts';
import { verifyLog } from '../fixtures/verify-log.ts';

/** `npm run test:faults` only: the clock of a service of its own is set six times, which takes a minute. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const HOUR = 3_600;
/** A process believes an older clock for a second; the machine may be busy. */
const PATIENCE = { timeout: 60_000, interval: 100 };

let bench: ServiceBench;
let preload: string;
beforeEach(async () => {
  [bench, preload] = await Promise.all([ServiceBench.open(), bundleFixture('clock-preload')]);
});
afterEach(() => bench.close());

const PATH = '/api/keys';
const signKey = ({ origin, operator }: TestAccess, label: string): Promise<Prepared> =>
  prepareSigned(origin, { route: 'keys.create', path: PATH, body: { label } }, operator);

async function send({ api, token }: TestAccess, { headers, body }: Prepared) {
  const answer = await fetch(`${api}${PATH}`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${token}` },
    body,
    signal: AbortSignal.timeout(8_000),
  });
  const said = (await answer.json()) as { eventId?: string; error?: { type: string } };
  return { status: answer.status, eventId: said.eventId, type: said.error?.type };
}

const toldOf = async ({ api, token }: TestAccess, kind: string): Promise<unknown[]> => {
  const answer = await fetch(`${api}/api/logs/ledger?category=service&limit=500`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { entries } = (await answer.json()) as { entries: { kind: string; data: unknown }[] };
  return entries.filter((entry) => entry.kind === kind).map(({ data }) => data);
};

describe.runIf(FULL && canSetClocks())('a clock that is set by an hour while the service runs', () => {
  it('forward and back: nothing acknowledged is lost, no signature lives twice, whoever is killed comes back', async () => {
    const clock = new FalseClock(bench.base);
    const service = bench.start([], clock.environment(preload));
    const enrolled = await enrolOperator(service);
    const access = { ...enrolled, operator: { ...enrolled.operator, now: clock.now } };
    for (const pid of [...service.processes(), ...service.postgres()])
      expect(readFileSync(`/proc/${pid}/maps`, 'utf8'), 'whose clock cannot be set').toContain('libfaketime');
    const acknowledged: string[] = [];
    const used: Prepared[] = [];
    /** One of them is kept, to be sent again at other times. */
    const spend = async () => {
      const request = await signKey(access, 'kept');
      const { status, eventId } = await send(access, request);
      expect(status).toBe(201);
      acknowledged.push(String(eventId));
      used.push(request);
    };
    // The integrator dies in every other one of them, the API in the rest.
    const jumps = [HOUR, HOUR, -HOUR, -HOUR, -HOUR, HOUR];
    await spend();
    for (const [n, seconds] of jumps.entries()) {
      const writer = startWriter(access);
      await writer.until(3);
      const fresh = await signKey(access, 'signed before the jump');
      const victim = service.pidOf(n % 2 === 0 ? 'integrator' : 'api');
      // It does not live to see the new time: its lease of the log is from before.
      if (n % 2 === 0) process.kill(victim, 'SIGSTOP');
      clock.jump(seconds);
      const before = writer.acknowledged.length;
      await writer.until(before + 10, PATIENCE.timeout);
      process.kill(victim, 'SIGKILL');
      await writer.until(writer.acknowledged.length + 10, PATIENCE.timeout);
      await writer.stop();
      acknowledged.push(...writer.acknowledged);
      // What was signed by the other clock is refused, and so is everything that was accepted at any time.
      expect(await send(access, fresh)).toMatchObject({ status: 401, type: 'signature_expired' });
      for (const request of used)
        expect(['signature_replayed', 'signature_expired']).toContain((await send(access, request)).type);
      await spend();
      await expectNothingLost(access, acknowledged);
    }
    await vi.waitFor(async () => {
      const told = (await toldOf(access, 'service.clock-moved')) as { seconds: number }[];
      expect(told.length).toBeGreaterThanOrEqual(jumps.length / 2);
    }, PATIENCE);
    expect((await fetch(`${access.api}/readyz`)).status).toBe(200);
    const entries = await expectNothingLost(access, acknowledged);
    expect(await verifyLog(access, bench.base)).toMatchObject({ code: 0 });
    const told = (await toldOf(access, 'service.clock-moved')).length;
    process.stdout.write(
      `clock: ${JSON.stringify({ jumps: jumps.length, acknowledged: acknowledged.length, entries, told })}\n`,
    );
  }, 600_000);
});
