import { z } from 'zod';
import { DEFAULT_TOKENHALL } from '../../shared/service/tokenhall-settings.ts';
import { BenchError } from './errors.ts';
import { type Load, type Loaded, load } from './gateway/load.ts';
import { startReference } from './gateway/reference.ts';
import { MODEL, makeSpenders } from './gateway/spenders.ts';
import type { Place } from './place.ts';
import { comparisonNote, type Result } from './result.ts';
import { forkChild } from './signed/child.ts';
import { RAISED_LIMIT, startService } from './signed/service.ts';
import { compare } from './statistics.ts';

/** Callers at a time, each with a key and a wallet of its own. */
const CALLERS = 32;
const WARM_UP_SECONDS = 3;
const SECONDS = 4;

const providerReady = z.object({ type: z.literal('ready'), port: z.number().int() });

const bodyOf = (stream: boolean): string =>
  JSON.stringify({
    ...{ model: MODEL, stream, max_tokens: 64 },
    messages: [{ role: 'user', content: 'Say sixteen words about gateways, one after the other.' }],
  });

type Sides = { readonly ours: Load; readonly reference: Load };

async function pairs(ours: Loaded, reference: Loaded, stream: boolean, runs: number): Promise<Sides[]> {
  const body = bodyOf(stream);
  for (const gateway of [ours, reference]) await load(gateway, body, CALLERS, WARM_UP_SECONDS);
  const taken: Sides[] = [];
  for (let run = 0; run < runs; run += 1) {
    // Who goes first changes, so that neither always meets the other's dirty pages.
    const early = run % 2 === 0 ? await load(reference, body, CALLERS, SECONDS) : null;
    const mine = await load(ours, body, CALLERS, SECONDS);
    const pair = { ours: mine, reference: early ?? (await load(reference, body, CALLERS, SECONDS)) };
    taken.push(pair);
    const [a, b] = [pair.ours, pair.reference].map(
      ({ rate, p99 }) => `${rate.toFixed(0)}/s p99 ${p99.toFixed(0)} ms`,
    );
    process.stderr.write(`bench: ours ${a}, the other ${b}\n`);
  }
  return taken;
}

function resultsOf(id: string, way: string, taken: readonly Sides[]): Result[] {
  const figure = (name: keyof Load) =>
    compare(taken.map(({ ours, reference }) => ({ ours: ours[name], reference: reference[name] })));
  const [rate, p99] = [figure('rate'), figure('p99')];
  const against = '@portkey-ai/gateway, which does none of these, on the same provider';
  const work = `generations, ${way}, with auth, limit, hold, post and ledger`;
  const notes = (comparison: typeof rate) => [
    comparisonNote(comparison),
    `${CALLERS} callers with a wallet each, limits raised to ${RAISED_LIMIT} an address and 100000 a key`,
  ];
  return [
    { ...rate, id, work, against, unit: 'req/s', budget: 1, rate: true, notes: notes(rate) },
    { ...p99, id: `${id}.p99`, work: `${work}, p99`, against, unit: 'ms', budget: 1, notes: notes(p99) },
  ];
}

/** The published reference fails every stream on some versions of Node; then there is nothing to compare with, and it is said. */
async function streamed(ours: Loaded, reference: Loaded, runs: number): Promise<Result[]> {
  try {
    return resultsOf('P7.stream', 'streamed', await pairs(ours, reference, true, runs));
  } catch (error) {
    if (!(error instanceof BenchError) || error.code !== 'request') throw error;
    process.stderr.write(`bench: P7.stream is not measured: ${error.message}\n`);
    return [];
  }
}

async function startOurs(place: Place, port: number): Promise<Loaded & { stop(): Promise<void> }> {
  const host = `127.0.0.1:${port}`;
  const service = await startService(place.service, place.folder('data'), {
    environment: 'development',
    tokenhall: {
      ...DEFAULT_TOKENHALL,
      baseUrls: { ...DEFAULT_TOKENHALL.baseUrls, openai: `http://${host}/v1` },
      allowedHosts: [...DEFAULT_TOKENHALL.allowedHosts, host],
      privateNetworks: ['127.0.0.0/8'],
    },
  });
  const keys = await makeSpenders(service, CALLERS);
  return {
    url: `${service.api}/api/v1/tokenhall/chat/completions`,
    headers: (n) => ({ authorization: `Bearer ${keys[n]}` }),
    stop: () => service.stop(),
  };
}

/**
 * P7: our gateway, with everything that a generation costs us, against one that only passes requests on; the same provider, the
 * same callers, in turn. Streaming and not, requests a second and the slowest hundredth.
 */
export async function measureP7(place: Place, runs: number): Promise<readonly Result[]> {
  const provider = forkChild(place.tool('provider'), providerReady, { type: 'stop' });
  const { port } = await provider.heard((message): message is z.infer<typeof providerReady> => true);
  try {
    const reference = await startReference(place.modules);
    const portkey = {
      ...{ authorization: 'Bearer sk-no-key-of-anybody', 'x-portkey-provider': 'openai' },
      'x-portkey-custom-host': `http://127.0.0.1:${port}/v1`,
    };
    try {
      const ours = await startOurs(place, port);
      try {
        const other = { url: reference.url, headers: () => portkey };
        const whole = resultsOf('P7', 'whole', await pairs(ours, other, false, runs));
        return [...whole, ...(await streamed(ours, other, runs))];
      } finally {
        await ours.stop();
      }
    } finally {
      await reference.stop();
    }
  } finally {
    await provider.stop();
  }
}
