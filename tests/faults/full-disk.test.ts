import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiErrorBody } from '../../shared/http/errors.ts';
import { enrolOperator, mutate, readLedger, ServiceBench } from '../fixtures/service.ts';
import { canMountDisks, diskOf, fillDisk, onSmallDisk } from '../fixtures/small-disk.ts';

/** sysexits.h EX_CANTCREAT, as the launcher documents. */
const EXIT_CANNOT_USE = 73;
/** Less than an empty cluster and its first segment of write-ahead log. */
const TOO_SMALL_MIB = 24;
const ENOUGH_MIB = 160;
/** More writes than the pages and the log segment of an idle cluster have room for. */
const MOST_WRITES = 20_000;

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

describe.runIf(canMountDisks())('a disk that is full', () => {
  it('ends the first start with a sentence, and leaves no process', async () => {
    const service = bench.start([], {}, onSmallDisk(bench.dataDir, TOO_SMALL_MIB));
    const seen = new Set<number>();
    const watching = setInterval(() => {
      for (const pid of service.processes()) seen.add(pid);
    }, 20);
    const { code, stdout, stderr } = await service.ended;
    clearInterval(watching);
    expect(code).toBe(EXIT_CANNOT_USE);
    expect(stdout).toBe('');
    expect(stderr).toContain(`The disk that holds ${bench.dataDir} is full. Free some space`);
    expect(seen.size).toBeGreaterThan(0);
    const living = [...seen].filter((pid) => isAlive(pid));
    expect(living).toEqual([]);
  });

  it('while running refuses writes, loses nothing acknowledged, and is over when there is space', async () => {
    const service = bench.start([], {}, onSmallDisk(bench.dataDir, ENOUGH_MIB));
    const disk = () => diskOf(service, bench.dataDir);
    const access = await enrolOperator(service, disk);
    const acknowledged: string[] = [];
    const create = async () => {
      const answer = await mutate(access, 'keys.create', { label: `key ${acknowledged.length}` });
      if (answer.status === 201) acknowledged.push(String(answer.body.eventId));
      return answer;
    };
    expect(await create()).toMatchObject({ status: 201 });
    const filler = fillDisk(disk());

    let refused: Awaited<ReturnType<typeof create>> | undefined;
    for (let n = 0; n < MOST_WRITES && !refused; n += 1) {
      const answer = await create();
      if (answer.status !== 201) refused = answer;
    }
    expect(refused?.status).toBeGreaterThanOrEqual(500);
    expect(apiErrorBody.safeParse(refused?.body).success).toBe(true);

    rmSync(filler);
    await vi.waitFor(async () => expect(await create()).toMatchObject({ status: 201 }), {
      timeout: 60_000,
      interval: 200,
    });
    const ids = (await readLedger(access)).map(({ id }) => id);
    expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
