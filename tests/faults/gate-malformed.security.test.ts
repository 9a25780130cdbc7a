import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiErrorBody } from '../../shared/http/errors.ts';
import { ORIGIN } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { GateBench } from '../fixtures/gate-bench.ts';
import { type Malformed, malformed } from '../fixtures/malformed.ts';
import { malformedBytes } from '../fixtures/malformed-bytes.ts';
import { rawExchange, standardError } from '../fixtures/raw-http.ts';
import { prepareText } from '../fixtures/signing.ts';

/** The requirement is 10,000 together, `npm test` makes a fifth; the same ones every time, `MALFORMED_SEED` tries others. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const REQUESTS = FULL ? 9_000 : 1_800;
const RAW = FULL ? 1_000 : 200;
const WARM = REQUESTS / 3;
const seed = Number(process.env.MALFORMED_SEED ?? 20_300_101);

/** Bytes that the heap may differ by after a collection: caches of the engine come and go, a leak of 1 KiB a request is 8 MiB. */
const HEAP_SLACK = 4 * 1024 * 1024;

const cluster = await startTestCluster();
let bench: GateBench;
let session: string;

beforeAll(async () => {
  bench = await GateBench.open(cluster);
  session = await bench.session('ada@example.org');
});
afterAll(async () => {
  await bench.close();
  await cluster.stop();
});

/** Bytes in use after a full collection. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

async function headersOf({ good, url, body }: Malformed): Promise<Record<string, string>> {
  if (good === 'nothing') return {};
  if (good === 'session') return { authorization: `Bearer ${session}` };
  const authorization = `Bearer ${bench.api.adminToken}`;
  if (good === 'admin token') return { authorization };
  const order = { route: 'keys.create' as const, path: url, body: body ?? '' };
  return { ...(await prepareText(ORIGIN, order, bench.operator)).headers, authorization };
}

async function refused(request: Malformed): Promise<void> {
  const { method, url, headers, body, defect } = request;
  const answer = await bench.api.publicApp.inject({
    method: method as 'GET',
    url,
    headers: { ...(await headersOf(request)), ...headers },
    ...(body === undefined ? {} : { payload: body }),
  });
  const label = `${defect}: ${method} ${url.slice(0, 200)} ${body?.slice(0, 200)} -> ${answer.body.slice(0, 300)}`;
  expect(answer.statusCode, label).toBeGreaterThanOrEqual(400);
  expect(answer.statusCode, label).toBeLessThan(500);
  if (method === 'HEAD') return;
  expect(apiErrorBody.parse(answer.json()).error.code, label).toBe(answer.statusCode);
}

describe('malformed requests', () => {
  it(`${REQUESTS} of every kind are 4xx with the standard body, and leave nothing in memory`, async () => {
    const tried = fc.asyncProperty(malformed, refused);
    await fc.assert(tried, { seed, numRuns: WARM });
    const before = heapUsed();
    await fc.assert(tried, { seed: seed + 1, numRuns: REQUESTS - WARM });
    expect(heapUsed() - before).toBeLessThan(HEAP_SLACK);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it(`${RAW} that are hardly HTTP are answered so by the socket, and it goes on`, async () => {
    await bench.api.publicApp.listen({ host: '127.0.0.1', port: 0 });
    const { port } = bench.api.publicApp.server.address() as AddressInfo;
    await fc.assert(
      fc.asyncProperty(malformedBytes, async (bytes) => {
        const { status } = standardError(await rawExchange(port, bytes));
        expect(status, bytes).toBeGreaterThanOrEqual(400);
        expect(status, bytes).toBeLessThan(500);
      }),
      { seed, numRuns: RAW },
    );
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});
