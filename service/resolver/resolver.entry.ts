import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { openDatabase, pingDatabase } from '../db/database.ts';
import { startJobs } from '../process/jobs.ts';
import { listenOnPort } from '../process/listen.ts';
import { runProcess } from '../process/run-process.ts';
import { openResolver } from './open-resolver.ts';

/** Look-ups, activations and telemetry; more would only wait for the same two cores. */
const POOL_SIZE = 6;
const FLUSH_MS = 1_000;

runProcess('resolver', async ({ settings, keys, log }) => {
  const db = openDatabase({
    endpoint: settings.database,
    role: 'resolver',
    password: keys.password,
    poolSize: POOL_SIZE,
  });
  await pingDatabase(db);
  const resolver = await openResolver({
    ...{ settings, keys, db, log },
    clock: { now: () => new Date(), monotonic: () => performance.now() },
    random: (bytes) => randomBytes(bytes),
  });
  const url = await listenOnPort(resolver.app, settings.listen.host, settings.listen.port);
  const jobs = startJobs([{ name: 'telemetry', everyMs: FLUSH_MS, run: () => resolver.flush() }], log);
  return {
    ready: { type: 'ready', process: 'resolver', resolver: url },
    stop: async () => {
      await resolver.close();
      await jobs.finish();
      await db.close();
    },
  };
});
