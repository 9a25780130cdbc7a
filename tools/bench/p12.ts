import { join } from 'node:path';
import { Pool } from 'undici';
import { BenchError } from './errors.ts';
import { type GateAnswer, type GateOrder, gateAnswer } from './gate/order.ts';
import type { Place } from './place.ts';
import { comparisonNote, type Result } from './result.ts';
import { forkChild } from './signed/child.ts';
import { type MeasuredService, RAISED_LIMIT, startService } from './signed/service.ts';
import { compare, type Pair } from './statistics.ts';

const BUDGET = 2;
/** Requests of a batch, and how many of them are on their way at once. */
const BATCH = 3_000;
const TOGETHER = 8;

type Ready = Extract<GateAnswer, { type: 'ready' }>;
type StageTimes = Extract<GateAnswer, { type: 'stages' }>;

/** @returns milliseconds of a request: the batch's time by its size */
async function batch(pool: Pool, path: string, headers: Record<string, string>): Promise<number> {
  let left = BATCH;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const { statusCode, body } = await pool.request({ path, method: 'GET', headers });
      const text = await body.text();
      if (statusCode !== 200) throw new BenchError('request', `the route answered ${statusCode}: ${text}`);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: TOGETHER }, lane));
  return (performance.now() - began) / BATCH;
}

const poolOf = (socketPath: string) =>
  new Pool('http://bench', { connections: TOGETHER, connect: { socketPath } });

async function takePairs(ready: Ready, gated: string, bare: string, runs: number): Promise<Pair[]> {
  const [ours, reference] = [poolOf(gated), poolOf(bare)];
  const headers = { authorization: `Bearer ${ready.token}`, 'x-agent-id': ready.agent };
  try {
    const pairs: Pair[] = [];
    // The first pair warms both up.
    for (let run = 0; run <= runs; run += 1) {
      const pair = {
        ours: await batch(ours, ready.path, headers),
        reference: await batch(reference, ready.path, headers),
      };
      if (run > 0) pairs.push(pair);
    }
    return pairs;
  } finally {
    await Promise.all([ours.close(), reference.close()]);
  }
}

async function measure(place: Place, service: MeasuredService, runs: number): Promise<[Pair[], StageTimes]> {
  const folder = place.folder('gate');
  const [gated, bare] = [join(folder, 'gated.sock'), join(folder, 'bare.sock')];
  const child = forkChild(place.tool('gated-route'), gateAnswer, { type: 'stop' });
  try {
    const root = Buffer.from(service.root).toString('base64url');
    child.send({ type: 'start', gated, bare, endpoint: service.endpoint, root } satisfies GateOrder);
    const ready = await child.heard((answer): answer is Ready => answer.type === 'ready');
    const pairs = await takePairs(ready, gated, bare, runs);
    child.send({ type: 'stages' } satisfies GateOrder);
    return [pairs, await child.heard((answer): answer is StageTimes => answer.type === 'stages')];
  } finally {
    await child.stop();
  }
}

/**
 * P12: a request with an inference key that names the agent it acts for, through the whole gate, against the same answer of a
 * bare Fastify route in the same process. The stages are timed inside the same run, eight requests at a time, so a stage that
 * waits for the database counts the wait.
 */
export async function measureP12(place: Place, runs: number): Promise<readonly Result[]> {
  const service = await startService(place.service, place.folder('data'));
  try {
    const [pairs, { requests, stages }] = await measure(place, service, runs);
    const comparison = compare(pairs);
    const spent = (name: string) => stages[name] ?? 0;
    const before = spent('gate before the handler');
    const whole = before + spent('handler, answer and log');
    const share = (name: string, ms: number) =>
      `${name} ${ms.toFixed(3)} ms (${Math.round((100 * ms) / whole)} %)`;
    const shares = [
      share('key', spent('key')),
      share('limits', spent('limits')),
      share('act-as, policy and headers', before - spent('key') - spent('limits')),
      share('handler, answer and log', spent('handler, answer and log')),
    ];
    return [
      {
        ...{
          id: 'P12',
          work: 'authenticated request through the whole gate',
          against: 'a bare Fastify route',
        },
        ...{ unit: 'ms', budget: BUDGET },
        ...comparison,
        notes: [
          comparisonNote(comparison),
          `${requests} requests, ${TOGETHER} at a time, limits raised to ${RAISED_LIMIT}`,
          `inside a request: ${shares.join(', ')}`,
        ],
      },
    ];
  } finally {
    await service.stop();
  }
}
