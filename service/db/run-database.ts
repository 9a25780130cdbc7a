import { type Cluster, type ClusterOptions, startCluster } from './cluster/cluster.ts';
import { connectSession } from './cluster/session.ts';
import { migrate } from './migrate.ts';

/** The cluster with its schema up to date: what the database process runs. */
export async function runDatabase(options: ClusterOptions): Promise<Cluster> {
  const cluster = await startCluster(options);
  try {
    const session = await connectSession(
      cluster.endpoint,
      { role: 'migrator', password: options.passwords.migrator },
      5000,
    );
    try {
      await migrate(session);
    } finally {
      await session.end();
    }
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
