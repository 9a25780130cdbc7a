import { BenchError } from './errors.ts';
import { measureLogin } from './login.ts';
import { type Options, parseOptions, type RowId, USAGE, UsageError } from './options.ts';
import { measureP1 } from './p1.ts';
import { measureP2 } from './p2.ts';
import { measureP3 } from './p3.ts';
import { measureP4 } from './p4.ts';
import { measureP5 } from './p5.ts';
import { measureP6 } from './p6.ts';
import { measureP7 } from './p7.ts';
import { measureP8 } from './p8.ts';
import { measureP9 } from './p9.ts';
import { measureP10 } from './p10.ts';
import { measureP11 } from './p11.ts';
import { measureP12 } from './p12.ts';
import { openPlace, type Place } from './place.ts';
import { machineFacts, writeReport } from './report.ts';
import { jsonLine, type Result, table } from './result.ts';

type Measure = (
  place: Place,
  runs: number,
  entries: number | null,
  seconds: number | null,
) => Promise<readonly Result[]>;

const ROWS: Readonly<Record<RowId, Measure>> = {
  P1: measureP1,
  P2: measureP2,
  P3: measureP3,
  P7: measureP7,
  P9: measureP9,
  P12: measureP12,
  LOGIN: measureLogin,
  P4: measureP4,
  P5: measureP5,
  P6: (place, runs, _, seconds) => measureP6(place, runs, seconds),
  P8: measureP8,
  P10: measureP10,
  P11: measureP11,
};

async function bench({ rows, runs, entries, seconds, json }: Options): Promise<void> {
  const { place, remove } = openPlace(import.meta.dirname);
  const results: Result[] = [];
  try {
    for (const id of rows) {
      process.stderr.write(`bench: measuring ${id}\n`);
      const measured = await ROWS[id](place, runs, entries, seconds);
      results.push(...measured);
      if (json) for (const result of measured) process.stdout.write(`${jsonLine(result)}\n`);
    }
  } finally {
    remove();
    const folder = process.env.SALLYPORT_ARTIFACTS;
    if (folder && results.length > 0) writeReport(folder, { machine: machineFacts(), results });
  }
  if (!json) process.stdout.write(`${table(results)}\n`);
}

try {
  await bench(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof BenchError) && !(error instanceof UsageError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  if (error.code === 'usage') process.stderr.write(`${USAGE}\n`);
  process.exitCode = error.code === 'usage' ? 2 : 1;
}
