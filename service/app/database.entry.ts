import { databasePasswords } from '../db/passwords.ts';
import { runDatabase } from '../db/run-database.ts';
import { runProcess } from '../process/run-process.ts';

runProcess('database', async ({ settings, keys, log }) => {
  const { dataDir, binaries } = settings;
  const cluster = await runDatabase({ dataDir, binaries, passwords: databasePasswords(keys.passwords), log });
  log.info({ postgres: cluster.pid, adopted: cluster.adopted }, 'PostgreSQL serves');
  return {
    ready: { type: 'ready', process: 'database', database: cluster.endpoint },
    lost: cluster.lost,
    stop: () => cluster.stop(),
  };
});
