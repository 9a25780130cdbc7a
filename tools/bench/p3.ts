import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { runElectron } from './electron.ts';
import { BenchError } from './errors.ts';
import type { Place } from './place.ts';
import { comparisonNote, type Result } from './result.ts';
import { type BareOrder, bareReady } from './signed/bare-order.ts';
import { type Child, forkChild } from './signed/child.ts';
import { ORDER_VARIABLE, type Order, SAMPLES_PREFIX, type Samples, samples } from './signed/order.ts';
import { type MeasuredService, RAISED_LIMIT, startService } from './signed/service.ts';
import { compare, median, quantile } from './statistics.ts';

const BUDGET = 3;
const BUDGET_P99_MS = 25;
const BATCH = 100;

/** Name of the file with the first operator's code in the service's data directory (SPEC 8). */
const CODE_FILE = 'enrolment-code';

async function startBareRoute(place: Place, service: MeasuredService): Promise<[Child<unknown>, string]> {
  const socket = join(place.folder('bare'), 'bare.sock');
  const child = forkChild(place.tool('bare-route'), bareReady, { type: 'stop' });
  const order: BareOrder = {
    type: 'start',
    socket,
    endpoint: service.endpoint,
    root: Buffer.from(service.root).toString('base64url'),
  };
  child.send(order);
  await child.heard((message): message is z.infer<typeof bareReady> => message.type === 'ready');
  return [child, socket];
}

async function takeSamples(place: Place, order: Order): Promise<Samples> {
  const path = join(place.folder('order'), 'order.json');
  writeFileSync(path, JSON.stringify(order), { mode: 0o600 });
  const script = place.tool('signed-console');
  const output = await runElectron(place.electron, script, place.folder('console'), {
    [ORDER_VARIABLE]: path,
  });
  const line = output.split('\n').find((text) => text.startsWith(SAMPLES_PREFIX));
  if (line === undefined) throw new BenchError('start', 'the console ended without its samples');
  return samples.parse(JSON.parse(line.slice(SAMPLES_PREFIX.length)));
}

async function measureSamples(place: Place, runs: number): Promise<Samples> {
  const dataDir = place.folder('data');
  const service = await startService(place.service, dataDir);
  try {
    const [bare, bareSocket] = await startBareRoute(place, service);
    try {
      return await takeSamples(place, {
        keeper: place.keeper,
        vaultDirectory: join(place.folder('vault'), 'vault'),
        adminOrigin: service.adminOrigin,
        adminSocket: service.adminSocket,
        adminToken: service.adminToken,
        enrolmentCode: readFileSync(join(dataDir, CODE_FILE), 'utf8').trim(),
        bareSocket,
        runs,
        batch: BATCH,
      });
    } finally {
      await bare.stop();
    }
  } finally {
    await service.stop();
  }
}

/**
 * P3: signed admin mutation, from the decision on its card to the answer that follows the commit, against the same
 * transaction unsigned on a bare Fastify route. Real keeper and admin client in Electron, the service's own processes, one
 * cluster for both. The second line is the absolute budget of the slowest requests, so its reference is that budget.
 */
export async function measureP3(place: Place, runs: number): Promise<readonly Result[]> {
  const taken = await measureSamples(place, runs);
  const all = (part: keyof Samples[number]) => taken.flatMap((sample) => sample[part]);
  const comparison = compare(
    taken.map(({ ours, reference }) => ({ ours: median(ours), reference: median(reference) })),
  );
  const slowest = quantile(all('ours'), 0.99);
  const [work, against] = ['signed admin mutation', 'the same transaction unsigned on a bare route'];
  const counted = `${all('ours').length} requests a side, operator limit raised to ${RAISED_LIMIT}`;
  return [
    {
      ...{ id: 'P3', work: `${work}, p50`, against, unit: 'ms', budget: BUDGET },
      ...comparison,
      notes: [
        comparisonNote(comparison),
        counted,
        `signing takes ${median(all('signing')).toFixed(2)} ms of it`,
      ],
    },
    {
      ...{
        id: 'P3.p99',
        work: `${work}, p99`,
        against: `its limit of ${BUDGET_P99_MS} ms`,
        unit: 'ms',
        budget: 1,
      },
      ...{ ours: slowest, reference: BUDGET_P99_MS, ratio: slowest / BUDGET_P99_MS },
      notes: [`the bare route's p99 is ${quantile(all('reference'), 0.99).toFixed(1)} ms`],
    },
  ];
}
