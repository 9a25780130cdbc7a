import { databasePasswords } from '../db/passwords.ts';
import { runDatabase } from '../db/run-database.ts';
import { runProcess } from '../process/run-process.ts';

runProcess('database', async ({ settings, keys, log }) => {
  const { dataDir, binaries, scanSockets } = settings;
  const passwords = databasePasswords(keys.passwords);
  const cluster = await runDatabase({ dataDir, binaries, scanSockets, passwords, log });
  log.info({ postgres: cluster.pid, adopted: cluster.adopted }, 'PostgreSQL serves');
  return {
    ready: { type: 'ready', process: 'database', database: cluster.endpoint },
    lost: cluster.lost,
    stop: () => cluster.stop(),
  };
});
