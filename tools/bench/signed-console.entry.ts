import { readFileSync } from 'node:fs';
import { app } from 'electron';
import { Agent, request } from 'undici';
import { createAdminClient } from '../../electron/backend/admin-client.ts';
import { BenchError } from './errors.ts';
import { openKeeper } from './signed/keeper.ts';
import { ORDER_VARIABLE, type Order, order, SAMPLES_PREFIX, type Samples } from './signed/order.ts';

/**
 * The console without its windows: a real keeper process and the real admin client in Electron's main process. Measures
 * signed mutations against the service and the same transaction on the bare route, batch by batch in turn.
 */
type Timed = { readonly totalMs: number; readonly signingMs: number };

/** Fresh processes compile and connect on their first requests; those are not what a day of work looks like. */
const WARM_UP = 20;

async function openConsole(given: Order): Promise<() => Promise<Timed>> {
  const keeper = await openKeeper(given.keeper, given.vaultDirectory);
  let signedAt = 0;
  const client = createAdminClient({
    // It measures the admin plane; the minting plane is nobody's here.
    member: { token: async () => '', rejected: () => undefined },
    publicOrigin: () => null,
    endpoint: () => ({ origin: given.adminOrigin, socket: given.adminSocket }),
    token: () => given.adminToken,
    sign: async (signing) => {
      const headers = await keeper.link.sign(signing);
      signedAt = performance.now();
      return headers;
    },
  });
  const { publicKey } = keeper;
  await client.call({
    route: 'operators.enrol',
    body: { code: given.enrolmentCode, name: 'bench', publicKey },
  });
  return async () => {
    await client.call({ route: 'keys.create', body: { label: 'bench', requestsPerMinute: 60 } });
    const decidedAt = keeper.decidedAt();
    return { totalMs: performance.now() - decidedAt, signingMs: signedAt - decidedAt };
  };
}

function openReference(socketPath: string): () => Promise<number> {
  const dispatcher = new Agent({ connect: { socketPath } });
  return async () => {
    const start = performance.now();
    const { statusCode, body } = await request('http://bare/keys', {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ label: 'bench', requestsPerMinute: 60 }),
    });
    await body.text();
    if (statusCode !== 201) throw new BenchError('request', `the bare route answered ${statusCode}`);
    return performance.now() - start;
  };
}

async function times<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let n = 0; n < count; n += 1) results.push(await work());
  return results;
}

async function measure(given: Order): Promise<Samples> {
  const ours = await openConsole(given);
  const reference = openReference(given.bareSocket);
  await times(WARM_UP, ours);
  await times(WARM_UP, reference);
  const samples: Samples = [];
  for (let run = 0; run < given.runs; run += 1) {
    // Who goes first changes, so that neither always meets the other's dirty pages.
    const early = run % 2 === 0 ? await times(given.batch, reference) : null;
    const mine = await times(given.batch, ours);
    samples.push({
      ours: mine.map(({ totalMs }) => totalMs),
      signing: mine.map(({ signingMs }) => signingMs),
      reference: early ?? (await times(given.batch, reference)),
    });
  }
  return samples;
}

app
  .whenReady()
  .then(() => measure(order.parse(JSON.parse(readFileSync(process.env[ORDER_VARIABLE] ?? '', 'utf8')))))
  .then(
    (samples) => {
      process.stdout.write(`${SAMPLES_PREFIX}${JSON.stringify(samples)}\n`);
      app.exit(0);
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      app.exit(1);
    },
  );
