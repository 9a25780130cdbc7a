import { type FromSimulator, type SimulationTally, toSimulator } from '../../shared/service/simulation.ts';
import { SimulateError } from './errors.ts';
import { parseOptions } from './options.ts';
import { play } from './play.ts';
import { newTally, rateOf, type Tally } from './tally.ts';

/** The side of Electron's parent port that is needed here; this file knows no Electron. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  postMessage(message: FromSimulator): void;
}

const DEFECT = 'The simulator failed. The log of the simulator says more; start it again.';
const MOST_CHARACTERS = 500;

const brief = (sentence: string): string => sentence.slice(0, MOST_CHARACTERS) || DEFECT;

const told = (tally: Tally, elapsedMs: number): SimulationTally => ({
  sent: tally.sent,
  unanswered: tally.unanswered,
  keysCreated: tally.keysCreated,
  accounts: tally.accounts,
  rate: rateOf(tally, elapsedMs),
});

/** The simulator as a process of a practice console: the console starts it with arguments of the command line, hears how it goes and says when to stop. */
async function simulate(parent: ParentPort): Promise<void> {
  const stop = new AbortController();
  let last = told(newTally(), 0);
  parent.on('message', ({ data }) => {
    if (toSimulator.safeParse(data).success) stop.abort();
  });
  const end = (problem: string | null, isRefused = false): void =>
    parent.postMessage({ type: 'ended', tally: last, problem, isRefused });
  try {
    await play(parseOptions(process.argv.slice(2)), {
      signal: stop.signal,
      say: (sentence) => parent.postMessage({ type: 'said', sentence: brief(sentence) }),
      playing: (tally, elapsedMs) => {
        last = told(tally, elapsedMs);
        parent.postMessage({ type: 'playing', tally: last });
      },
      ended: (tally, elapsedMs) => {
        last = told(tally, elapsedMs);
      },
    });
    end(null);
  } catch (error) {
    if (error instanceof SimulateError) return end(brief(error.message), error.code === 'refused');
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.name) : 'defect'}\n`);
    end(DEFECT);
  }
}

const { parentPort } = process as typeof process & { readonly parentPort?: ParentPort };
if (parentPort) await simulate(parentPort);
else {
  process.stderr.write('This is started by a practice console. Use: npm run simulate\n');
  process.exitCode = 2;
}
