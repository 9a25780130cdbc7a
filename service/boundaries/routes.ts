import type { LimiterMode } from '../../shared/http/limits.ts';
import type { Database } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import { fileModes } from './file-modes.ts';
import { tilesOf } from './probes/rules.ts';
import { lastOutcomes } from './probes/store.ts';
import {
  apiDatabase,
  apiProvider,
  clientApi,
  type DatabaseFacts,
  type LedgerFacts,
  secretPersistence,
  withProbes,
} from './rules.ts';
import { readFreeze, readKeyStorage, readLedgerFacts, readSecretStorage } from './store.ts';
import type { Traffic } from './traffic.ts';

export interface BoundaryDeps {
  readonly db: Pick<Database, 'kysely' | 'stats'>;
  readonly traffic: Pick<Traffic, 'counters'>;
  readonly dataDir: string;
  readonly startedAt: Date;
  limiterMode(): LimiterMode;
}

const databaseFacts = (db: BoundaryDeps['db'], reachable: boolean): DatabaseFacts => {
  const { recent, idle, waiting } = db.stats();
  return {
    reachable,
    queries: recent.queries,
    errors: recent.errors,
    p50Ms: recent.p50 ?? 0,
    p95Ms: recent.p95 ?? 0,
    idle,
    waiting,
  };
};

/** The last ledger facts that could be read: a database that is away does not take the evidence of its last state along. */
const remember = () => {
  let last: LedgerFacts | null = null;
  return (facts: LedgerFacts | null): LedgerFacts | null => {
    if (facts) last = facts;
    return last;
  };
};

/** Answers also while the database is away: that is when somebody looks. */
export function boundaryHandlers(deps: BoundaryDeps): Pick<Handlers, 'boundaries.state'> {
  const { db, traffic, dataDir, startedAt } = deps;
  const lastKnown = remember();
  return {
    'boundaries.state': async (_input, ctx) => {
      const now = ctx.now();
      const [ledger, keys, secrets, outcomes, files] = await Promise.all([
        readLedgerFacts(db.kysely, now).catch(() => null),
        readKeyStorage(db.kysely).catch(() => null),
        readSecretStorage(db.kysely).catch(() => null),
        lastOutcomes(db.kysely).catch(() => []),
        fileModes(dataDir),
      ]);
      const known = lastKnown(ledger);
      if (!known)
        throw new HttpError('unavailable', 'the database has not answered yet', { retryAfterSeconds: 1 });
      return {
        status: 200,
        body: {
          at: now.toISOString(),
          startedAt: startedAt.toISOString(),
          freeze: await readFreeze(db.kysely).catch(() => null),
          boundaries: withProbes(
            [
              clientApi(traffic.counters(), deps.limiterMode()),
              apiDatabase(databaseFacts(db, ledger !== null), ledger),
              apiProvider(),
              secretPersistence({ keys, secrets, ...files }),
            ],
            tilesOf(outcomes, now),
          ),
          ledger: { ...known },
        },
      };
    },
  };
}
