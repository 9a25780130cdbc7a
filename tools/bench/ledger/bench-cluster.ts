import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { postgresBinaries } from '../../../electron/main/paths.ts';
import { type Database, openDatabase } from '../../../service/db/database.ts';
import { runDatabase } from '../../../service/db/run-database.ts';
import { LedgerKeys } from '../../../service/ledger/integrator/ledger-keys.ts';
import { createStaging, type Staging } from '../../../service/ledger/staging.ts';
import { DATABASE_ROLES, type DatabaseRole, deriveProcessKeys } from '../../../shared/service/keys.ts';

export interface BenchCluster {
  readonly macKey: Buffer;
  readonly keys: LedgerKeys;
  readonly staging: Staging;
  open(role: DatabaseRole): Database;
  stop(): Promise<void>;
}

/** The service's own cluster with its roles, in this process: what is measured is the ledger, not its neighbours. */
export async function startBenchCluster(dataDir: string): Promise<BenchCluster> {
  const database = deriveProcessKeys(randomBytes(32), 'database');
  if (database.process !== 'database') throw new RangeError('keys of another process');
  const passwords = Object.fromEntries(
    DATABASE_ROLES.map((role) => [role, database.passwords[role] ?? '']),
  ) as Record<DatabaseRole, string>;
  const binaries = postgresBinaries(fileURLToPath(import.meta.url), process.platform, process.arch);
  const cluster = await runDatabase({ dataDir, binaries, passwords, log: { warn: () => undefined } });
  const opened: Database[] = [];
  const macKey = randomBytes(32);
  return {
    macKey,
    keys: new LedgerKeys(randomBytes(32)),
    staging: createStaging({ macKey, clock: { now: () => new Date() }, random: randomBytes }),
    open: (role) => {
      const db = openDatabase({ endpoint: cluster.endpoint, role, password: passwords[role], poolSize: 4 });
      opened.push(db);
      return db;
    },
    stop: async () => {
      await Promise.all(opened.map((db) => db.close()));
      await cluster.stop();
    },
  };
}
