import { setTimeout as sleep } from 'node:timers/promises';
import { createCaller } from './caller.ts';
import { SimulateError } from './errors.ts';
import { stockSimulatedProvider } from './generations.ts';
import { Life } from './life.ts';
import { type Operator, openOperator } from './operator.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { People } from './people.ts';
import { addressOfPerson, PEOPLE, planFor } from './plan.ts';
import { ApiPlayer } from './player.ts';
import { startSimulatedProvider } from './provider.ts';
import { type Clock, run } from './run.ts';
import { newTally, statusLine, summaryOf, type Tally } from './tally.ts';
import { createTransport, type Transport } from './transport.ts';

const STATUS_EVERY_MS = 5_000;

const say = (line: string): void => void process.stderr.write(`simulate: ${line}\n`);

const clock: Clock = {
  now: () => performance.now(),
  until: (atMs, signal) =>
    sleep(Math.max(0, atMs - performance.now()), undefined, { signal }).catch(() => undefined),
};

/** The first Ctrl+C ends the traffic and prints the summary; the second ends the process as usual. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  return stop.signal;
}

async function requireAnswer(transport: Transport, api: string): Promise<void> {
  const { status } = await transport.send({ path: '/healthz', authorization: null, from: '127.4.0.7' });
  if (status !== null) return;
  throw new SimulateError('unreachable', `Nothing answers at ${api}; start it with: npm run service`);
}

async function openPlayers(options: Options, transport: Transport) {
  await requireAnswer(transport, options.api);
  if (!transport.spread)
    say('every client has the same address here, so the per-address limit holds for all of them together.');
  const operator = options.operatorFile ? await openOperator(options.operatorFile, options.api) : null;
  if (operator) say(`keys are created and revoked by the operator "${operator.name}".`);
  else say('without --operator there are no keys: playing bad tokens, bursts and health checks only.');
  return operator;
}

function sayWhatIsSkipped(tally: Tally, hasOperator: boolean, hasScanPlane: boolean): void {
  if (!hasOperator) tally.skipped.set('grants', 'no --operator to sign them');
  if (!hasScanPlane) tally.skipped.set('scans', 'no --resolver to scan at');
  for (const [feat, why] of tally.skipped) say(`no ${feat}: ${why}.`);
}

/** Agents generate when there is a provider that costs nothing, and somebody who may sign its key and its prices. */
async function openProvider({ provider: port }: Options, operator: Operator | null, tally: Tally) {
  if (port === null || operator === null) {
    tally.skipped.set(
      'generations',
      port === null ? 'no --provider to ask' : 'no --operator to sign its prices',
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

async function simulate(options: Options): Promise<void> {
  const transport = await createTransport(options.api);
  const tally = newTally();
  const signal = stopSignal();
  const operator = await openPlayers(options, transport).catch(async (error: unknown) => {
    await transport.close();
    throw error;
  });
  const scanPlane = options.resolver === null ? null : await createTransport(options.resolver);
  const provider = await openProvider(options, operator, tally).catch(async (error: unknown) => {
    await Promise.all([transport.close(), operator?.close()]);
    throw error;
  });
  sayWhatIsSkipped(tally, operator !== null, scanPlane !== null);
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
  const ticker = setInterval(() => say(statusLine(tally, clock.now() - start)), STATUS_EVERY_MS);
  say(`seed ${options.seed}, ${options.rate} requests a second on average, ${agents.length} agents.`);
  try {
    await run({ steps, player, tally, clock, seconds: options.seconds, signal });
  } finally {
    clearInterval(ticker);
    process.stdout.write(`${JSON.stringify(summaryOf(tally, options, clock.now() - start))}\n`);
    await Promise.all([transport.close(), scanPlane?.close(), operator?.close(), provider?.close()]);
  }
}

try {
  await simulate(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof SimulateError)) throw error;
  say(error.message);
  if (error.code === 'usage') process.stderr.write(`${USAGE}\n`);
  process.exitCode = error.code === 'usage' ? 2 : 1;
}
