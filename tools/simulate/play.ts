import { setTimeout as sleep } from 'node:timers/promises';
import { createCaller } from './caller.ts';
import { SimulateError } from './errors.ts';
import { stockSimulatedProvider } from './generations.ts';
import { Life } from './life.ts';
import { type Operator, openOperator } from './operator.ts';
import type { Options } from './options.ts';
import { People } from './people.ts';
import { addressOfPerson, PEOPLE, planFor } from './plan.ts';
import { ApiPlayer } from './player.ts';
import { startSimulatedProvider } from './provider.ts';
import { type Clock, run } from './run.ts';
import { newTally, type Tally } from './tally.ts';
import { createTransport, type Transport } from './transport.ts';

/** Who watches a simulation: a terminal, or the console that started it. */
export interface Watcher {
  /** Aborts when it is to end. */
  readonly signal: AbortSignal;
  /** A sentence for a person. */
  readonly say: (sentence: string) => void;
  /** How far it is, now and then, and once at its end. */
  readonly playing: (tally: Tally, elapsedMs: number) => void;
  readonly ended: (tally: Tally, elapsedMs: number) => void;
}

const PLAYING_EVERY_MS = 1_000;

const clock: Clock = {
  now: () => performance.now(),
  until: (atMs, signal) =>
    sleep(Math.max(0, atMs - performance.now()), undefined, { signal }).catch(() => undefined),
};

async function requireAnswer(transport: Transport, api: string): Promise<void> {
  const { status } = await transport.send({ path: '/healthz', authorization: null, from: '127.4.0.7' });
  if (status !== null) return;
  throw new SimulateError('unreachable', `Nothing answers at ${api}; start it with: npm run service`);
}

async function openPlayers(options: Options, transport: Transport, say: Watcher['say']) {
  await requireAnswer(transport, options.api);
  if (!transport.spread)
    say('every client has the same address here, so the per-address limit holds for all of them together.');
  const operator = options.operatorFile ? await openOperator(options.operatorFile, options.api) : null;
  if (operator) say(`keys are created and revoked by the operator "${operator.name}".`);
  else say('without an operator there are no keys: playing bad tokens, bursts and health checks only.');
  return operator;
}

function sayWhatIsSkipped(
  tally: Tally,
  hasOperator: boolean,
  hasScanPlane: boolean,
  say: Watcher['say'],
): void {
  if (!hasOperator) tally.skipped.set('grants', 'no operator was named to sign them');
  if (!hasScanPlane) tally.skipped.set('scans', 'no scan plane was named');
  for (const [feat, why] of tally.skipped) say(`no ${feat}: ${why}.`);
}

/** Agents generate when there is a provider that costs nothing, and somebody who may sign its key and its prices. */
async function openProvider(
  { provider: port }: Options,
  operator: Operator | null,
  tally: Tally,
  say: Watcher['say'],
) {
  if (port === null || operator === null) {
    tally.skipped.set(
      'generations',
      port === null ? 'no provider of models was named' : 'no operator was named to sign its prices',
    );
    return null;
  }
  const provider = await startSimulatedProvider(port);
  try {
    if (await stockSimulatedProvider(operator, tally)) {
      say(`generations are made by a simulated provider at ${provider.url}, which asks no model.`);
      return provider;
    }
  } catch (error) {
    await provider.close();
    throw error;
  }
  await provider.close();
  return null;
}

/** Plays until the time is over or the watcher says so. @throws SimulateError why it cannot start or go on */
export async function play(options: Options, { signal, say, ...watcher }: Watcher): Promise<void> {
  const transport = await createTransport(options.api);
  const tally = newTally();
  const operator = await openPlayers(options, transport, say).catch(async (error: unknown) => {
    await transport.close();
    throw error;
  });
  const scanPlane = options.resolver === null ? null : await createTransport(options.resolver);
  const provider = await openProvider(options, operator, tally, say).catch(async (error: unknown) => {
    await Promise.all([transport.close(), operator?.close()]);
    throw error;
  });
  sayWhatIsSkipped(tally, operator !== null, scanPlane !== null, say);
  const { agents, steps } = planFor({
    ...options,
    operator: operator !== null,
    resolver: scanPlane !== null,
    provider: provider !== null,
  });
  const asPerson = { transport, tally, addressOf: addressOfPerson };
  const people = new People(asPerson);
  const errands = new Life({
    ask: createCaller(asPerson),
    people,
    crowd: PEOPLE,
    operator,
    scanPlane,
    tally,
    say,
  });
  const player = new ApiPlayer({ transport, people, errands, operator, agents, tally, now: clock.now, say });
  const start = clock.now();
  const ticker = setInterval(() => watcher.playing(tally, clock.now() - start), PLAYING_EVERY_MS);
  say(`seed ${options.seed}, ${options.rate} requests a second on average, ${agents.length} agents.`);
  try {
    await run({ steps, player, tally, clock, seconds: options.seconds, signal });
  } finally {
    clearInterval(ticker);
    watcher.ended(tally, clock.now() - start);
    await Promise.all([transport.close(), scanPlane?.close(), operator?.close(), provider?.close()]);
  }
}
