import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { mintUnderFire } from '../fixtures/mint-kills.ts';

/** `npm run test:faults` runs it whole; its seed is said with every failure, and another may be given. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const KILLS = Number(process.env.SALLYPORT_MINT_KILLS ?? (FULL ? 100 : 3));
const TOKENS = Number(process.env.SALLYPORT_MINT_TOKENS ?? (FULL ? 200_000 : 10_000));
const SEED = Number(process.env.SALLYPORT_MINT_SEED ?? 7);
const WORKERS = 3;

let cluster: TestCluster;
let script: string;
beforeAll(async () => {
  [cluster, script] = await Promise.all([startTestCluster(), bundleFixture('mint-worker')]);
});
afterAll(() => cluster.stop());

describe(`a job of ${TOKENS} tokens and ${WORKERS} workers, of which one dies ${KILLS} times (seed ${SEED})`, () => {
  it('has exactly its tokens at the end, each in one entry of the ledger, under a root that fits', async () => {
    const fire = { cluster, script, workers: WORKERS, tokens: TOKENS, kills: KILLS, seed: SEED };
    const began = performance.now();
    const { job, killed, midway, ranges, census } = await mintUnderFire(fire);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stderr.write(
      `mint kills: ${killed} (${midway} before the last token), ${job.fence} leases, ${ranges.length} chunks, ${census.tokens} tokens, ${seconds} s\n`,
    );
    expect(job).toMatchObject({ state: 'completed', done: TOKENS });
    expect(census).toMatchObject({ tokens: TOKENS, serials: TOKENS, codes: TOKENS });
    expect(census.root).toBe(job.root?.toString('hex'));
    expect(census.asOrdered('ACME-{n:7}', 1)).toBe(true);
    expect(ranges[0]?.[0]).toBe(1);
    for (const [i, [from]] of ranges.entries()) if (i > 0) expect(from).toBe((ranges[i - 1]?.[1] ?? 0) + 1);
    expect(ranges.at(-1)?.[1]).toBe(TOKENS);
  }, 600_000);
});
