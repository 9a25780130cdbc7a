import { Pool } from 'undici';
import { BenchError } from './errors.ts';
import type { Place } from './place.ts';
import { comparisonNote, type Result } from './result.ts';
import { type ScanAnswer, type ScanOrder, scanAnswer } from './scans/order.ts';
import { forkChild } from './signed/child.ts';
import { RAISED_LIMIT, startService } from './signed/service.ts';
import { compare, type Pair } from './statistics.ts';

const BUDGET = 0.6;
const TOKENS = 10_000;
/** Scans of a batch, and how many of them are on their way at once. */
const BATCH = 12_000;
const TOGETHER = 64;

/** A few agents make most scans; these are three of them. */
const AGENTS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36',
];

type Ready = Extract<ScanAnswer, { type: 'ready' }>;
type Counted = Extract<ScanAnswer, { type: 'counted' }>;

/** @returns scans a second */
async function batch(pool: Pool, paths: readonly string[]): Promise<number> {
  let sent = 0;
  const lane = async () => {
    while (sent < BATCH) {
      const n = sent;
      sent += 1;
      const { statusCode, body } = await pool.request({
        ...{ path: paths[n % paths.length] ?? '/', method: 'GET' },
        headers: { 'user-agent': AGENTS[n % AGENTS.length] ?? '' },
      });
      await body.dump();
      if (statusCode !== 200) throw new BenchError('request', `the scan answered ${statusCode}`);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: TOGETHER }, lane));
  return BATCH / ((performance.now() - began) / 1000);
}

async function takePairs({ ours, bare }: Ready, runs: number): Promise<Pair[]> {
  const pools = [ours, bare].map(({ origin }) => new Pool(origin, { connections: TOGETHER }));
  const [scans, reference] = pools as [Pool, Pool];
  try {
    const pairs: Pair[] = [];
    // The first pair warms both up.
    for (let run = 0; run <= runs; run += 1) {
      const pair = {
        ours: await batch(scans, ours.paths),
        reference: await batch(reference, bare.paths),
      };
      if (run > 0) pairs.push(pair);
    }
    return pairs;
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
}

/**
 * P9: scans a second of people's browsers, with limit, bot and device detection, look-up, page and telemetry, against a bare
 * Fastify with one indexed select in the same process, on the same database. Whoever loads them shares the machine.
 */
export async function measureP9(place: Place, runs: number): Promise<readonly Result[]> {
  const service = await startService(place.service, place.folder('data'));
  const child = forkChild(place.tool('scan-routes'), scanAnswer, { type: 'stop' });
  try {
    const root = Buffer.from(service.root).toString('base64url');
    child.send({ type: 'start', endpoint: service.endpoint, root, tokens: TOKENS } satisfies ScanOrder);
    const ready = await child.heard((answer): answer is Ready => answer.type === 'ready');
    const comparison = compare(await takePairs(ready, runs));
    child.send({ type: 'count' } satisfies ScanOrder);
    const { scans } = await child.heard((answer): answer is Counted => answer.type === 'counted');
    const all = BATCH * (runs + 1);
    if (scans !== all) throw new BenchError('request', `${scans} of ${all} scans were kept`);
    return [
      {
        ...comparison,
        ...{ id: 'P9', work: 'scans with limit, detection, look-up, page and telemetry', unit: 'req/s' },
        ...{ against: 'a bare Fastify with one indexed select', budget: BUDGET, rate: true },
        notes: [
          comparisonNote(comparison),
          `${TOGETHER} at a time, limit raised to ${RAISED_LIMIT} a client; all ${all} scans are in the table`,
        ],
      },
    ];
  } finally {
    await child.stop();
    await service.stop();
  }
}
