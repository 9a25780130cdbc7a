import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sequence } from '../fixtures/bank.ts';
import { expectNothingLost } from '../fixtures/key-writer.ts';
import {
  enrolOperator,
  mutate,
  readOperatorFile,
  ServiceBench,
  type TestAccess,
  type TestService,
} from '../fixtures/service.ts';
import { verifyLog } from '../fixtures/verify-log.ts';

/** `npm run test:faults` only: two whole services start for every race. `npm test` has one of them, in launcher.test.ts. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const RACES = Number(process.env.SALLYPORT_RACES ?? 100);
const SEED = Number(process.env.SALLYPORT_RACES_SEED ?? 8);
/** SPEC 19.8. The whole run only, which has the machine to itself: no test of `npm test` judges a time. */
const REFUSED_MS = 2_000;
/** sysexits.h EX_CANTCREAT, as the launcher documents. */
const EXIT_CANNOT_USE = 73;

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

/** Waits until one of them serves and the other one has ended. */
async function outcomeOf(racers: readonly TestService[]) {
  const began = performance.now();
  const ends = await Promise.all(
    racers.map(async (service) => {
      // The launcher that ends first rejects `ready` itself.
      const api = await service.ready().catch(() => null);
      const ended = api === null ? await service.ended : null;
      return { service, api, ended, ms: performance.now() - began };
    }),
  );
  return { winners: ends.filter(({ api }) => api !== null), losers: ends.filter(({ api }) => api === null) };
}

describe.runIf(FULL)(`${RACES} races of two launchers on one data directory (seed ${SEED})`, () => {
  it('each has one that serves and one that is refused with its sentence; no row is lost', async () => {
    const random = sequence(SEED);
    const first = bench.start();
    let access: TestAccess = await enrolOperator(first);
    await first.stop();
    const acknowledged: string[] = [];
    const refusedAfter: number[] = [];
    for (let race = 0; race < RACES; race += 1) {
      const { winners, losers } = await outcomeOf([bench.start(), bench.start()]);
      expect([winners.length, losers.length], `race ${race}`).toEqual([1, 1]);
      const [loser] = losers;
      expect(loser?.ended, loser?.ended?.stderr).toMatchObject({ code: EXIT_CANNOT_USE, stdout: '' });
      expect(loser?.ended?.stderr).toContain('Stop it first, or give this one a data directory of its own.');
      refusedAfter.push(loser?.ms ?? 0);
      const { adminOrigin: origin } = await readOperatorFile(bench.dataDir);
      access = { ...access, api: winners[0]?.api ?? '', origin };
      const made = await mutate(access, 'keys.create', { label: `race ${race}` });
      expect(made).toMatchObject({ status: 201 });
      acknowledged.push(String(made.body.eventId));
      // The next pair finds a cluster that was stopped, or one whose owner has just died.
      if (race < RACES - 1) await winners[0]?.service.stop(random() < 0.5 ? 'SIGKILL' : 'SIGTERM');
    }
    const entries = await expectNothingLost(access, acknowledged);
    expect(await verifyLog(access, bench.base)).toMatchObject({ code: 0 });
    const sorted = refusedAfter.sort((a, b) => a - b).map(Math.round);
    const figures = { medianMs: sorted[Math.floor(sorted.length / 2)], longestMs: sorted.at(-1) };
    process.stdout.write(`races: ${JSON.stringify({ races: RACES, entries, refused: figures })}\n`);
    expect(figures.longestMs).toBeLessThan(REFUSED_MS);
  }, 1_800_000);
});
