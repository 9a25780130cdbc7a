import { SimulateError } from './errors.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { play, type Watcher } from './play.ts';
import { statusLine, summaryOf } from './tally.ts';

const STATUS_EVERY_MS = 5_000;

const say = (line: string): void => void process.stderr.write(`simulate: ${line}\n`);

/** The first Ctrl+C ends the traffic and prints the summary; the second ends the process as usual. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  return stop.signal;
}

function terminal(options: Options): Watcher {
  let saidAtMs = 0;
  return {
    signal: stopSignal(),
    say,
    playing: (tally, elapsedMs) => {
      if (elapsedMs - saidAtMs < STATUS_EVERY_MS) return;
      saidAtMs = elapsedMs;
      say(statusLine(tally, elapsedMs));
    },
    ended: (tally, elapsedMs) =>
      void process.stdout.write(`${JSON.stringify(summaryOf(tally, options, elapsedMs))}\n`),
  };
}

try {
  const options = parseOptions(process.argv.slice(2));
  await play(options, terminal(options));
} catch (error) {
  if (!(error instanceof SimulateError)) throw error;
  say(error.message);
  if (error.code === 'usage') process.stderr.write(`${USAGE}\n`);
  process.exitCode = error.code === 'usage' ? 2 : 1;
}
