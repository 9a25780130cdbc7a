import { parseArgs } from 'node:util';

export const ROW_IDS = [
  'P1',
  'P2',
  'P3',
  'P4',
  'P5',
  'P6',
  'P7',
  'P8',
  'P9',
  'P10',
  'P11',
  'P12',
  'LOGIN',
] as const;
export type RowId = (typeof ROW_IDS)[number];

export const USAGE =
  `npm run bench -- [${ROW_IDS.join(' ')}] [--json] [--runs N] [--entries N] [--seconds N]\n` +
  '  rows of the performance table to measure (default: all that exist)\n' +
  '  --json  one JSON line a row\n' +
  '  --runs  paired runs a row, 5 to 100 (default 7)\n' +
  '  --entries  size of the log for P4, P5 and P10 and of the job for P8, from 10000 (default: what each row says)\n' +
  '  --seconds  length of each stream of P6, 5 to 600 (default: the 60 of the row)';

/** Below five pairs a median is an anecdote. */
const RUNS = { least: 5, most: 100, usual: '7' } as const;

const LEAST_ENTRIES = 10_000;
const SECONDS = { least: 5, most: 600 } as const;

export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
}

export interface Options {
  readonly rows: readonly RowId[];
  readonly json: boolean;
  readonly runs: number;
  /** Null: what the row of the performance table says. */
  readonly entries: number | null;
  /** Null: what the row of the performance table says. */
  readonly seconds: number | null;
}

const isRow = (text: string): text is RowId => (ROW_IDS as readonly string[]).includes(text);

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        runs: { type: 'string', default: RUNS.usual },
        entries: { type: 'string' },
        seconds: { type: 'string' },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : 'unusable arguments', { cause });
  }
}

/** @throws UsageError with a sentence that names the argument */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parsed(argv);
  const named = positionals.map((text) => text.toUpperCase());
  const unknown = named.find((text) => !isRow(text));
  if (unknown !== undefined)
    throw new UsageError(`There is no row ${unknown} to measure; there are ${ROW_IDS.join(', ')}.`);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < RUNS.least || runs > RUNS.most)
    throw new UsageError(`--runs takes a number from ${RUNS.least} to ${RUNS.most}, not "${values.runs}".`);
  const entries = values.entries === undefined ? null : Number(values.entries);
  if (entries !== null && !(Number.isInteger(entries) && entries >= LEAST_ENTRIES))
    throw new UsageError(`--entries takes a number from ${LEAST_ENTRIES}, not "${values.entries}".`);
  const seconds = values.seconds === undefined ? null : Number(values.seconds);
  if (seconds !== null && !(Number.isInteger(seconds) && seconds >= SECONDS.least && seconds <= SECONDS.most))
    throw new UsageError(
      `--seconds takes a number from ${SECONDS.least} to ${SECONDS.most}, not "${values.seconds}".`,
    );
  return {
    entries,
    seconds,
    rows: ROW_IDS.filter((id) => named.length === 0 || named.includes(id)),
    json: values.json,
    runs,
  };
}
