import type { DatabaseEndpoint } from '../../shared/service/launch.ts';
import { databasePasswords } from '../db/passwords.ts';
import { runDatabase } from '../db/run-database.ts';
import { runServer } from '../db/server/run-server.ts';
import { type Begin, type RunningPart, runProcess } from '../process/run-process.ts';

type Given = Begin<'database'>;

const serves = (
  database: DatabaseEndpoint,
  { lost, stop }: Pick<RunningPart, 'lost' | 'stop'>,
): RunningPart => ({ ready: { type: 'ready', process: 'database', database }, ...(lost && { lost }), stop });

/** The cluster of the data directory, which this process starts and keeps. */
async function embedded({ settings, log }: Given, passwords: ReturnType<typeof databasePasswords>) {
  const { dataDir, binaries, scanSockets } = settings;
  const cluster = await runDatabase({ dataDir, binaries, scanSockets, passwords, log });
  log.info({ postgres: cluster.pid, adopted: cluster.adopted }, 'PostgreSQL serves');
  return serves(cluster.endpoint, { lost: cluster.lost, stop: () => cluster.stop() });
}

runProcess('database', async (given) => {
  const { settings, keys, log } = given;
  const passwords = databasePasswords(keys.passwords);
  const { dataDir, server } = settings;
  if (server === undefined) return embedded(given, passwords);
  const maker = { role: server.user, password: keys.serverPassword ?? '' };
  const running = await runServer({ dataDir, endpoint: server.endpoint, maker, passwords });
  log.info({ host: server.endpoint.host, port: server.endpoint.port }, 'PostgreSQL serves');
  return serves(server.endpoint, running);
});
