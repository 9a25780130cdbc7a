import type { LimiterMode } from '../../shared/http/limits.ts';
import type { Database } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import { newestOutcomes } from './consoles/newest.ts';
import { fileModes } from './file-modes.ts';
import { expositionOf, OPEN_METRICS_TYPE, PROMETHEUS_TYPE } from './metrics/exposition.ts';
import { familiesOf } from './metrics/families.ts';
import { countFiring, countIncidents } from './metrics/store.ts';
import { tilesOf } from './probes/rules.ts';
import {
  apiDatabase,
  apiProvider,
  clientApi,
  type DatabaseFacts,
  type LedgerFacts,
  secretPersistence,
  withProbes,
} from './rules.ts';
import { readFreeze, readGenerations, readKeyStorage, readLedgerFacts, readSecretStorage } from './store.ts';
import type { Traffic } from './traffic.ts';
import { readOutbox } from './webhook/store.ts';
import type { WebhookCalls } from './webhook/tally.ts';

export interface BoundaryDeps {
  readonly db: Pick<Database, 'kysely' | 'stats'>;
  readonly traffic: Pick<Traffic, 'counters'>;
  readonly dataDir: string;
  /** The system user that the scan plane has to itself. */
  readonly scanUser: string | null;
  readonly startedAt: Date;
  limiterMode(): LimiterMode;
  webhookCalls(): WebhookCalls;
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

/** What is seen of everything at one moment; null: the database did not say. */
async function lookAt({ db, traffic, dataDir, scanUser, limiterMode }: BoundaryDeps, now: Date) {
  const orNull = <T>(asked: Promise<T>): Promise<T | null> => asked.catch(() => null);
  const [ledger, keys, secrets, generations, outcomes, files] = await Promise.all([
    orNull(readLedgerFacts(db.kysely, now)),
    orNull(readKeyStorage(db.kysely)),
    orNull(readSecretStorage(db.kysely)),
    orNull(readGenerations(db.kysely, now)),
    orNull(newestOutcomes(db.kysely, now)),
    fileModes(dataDir),
  ]);
  const database = databaseFacts(db, ledger !== null);
  const boundaries = withProbes(
    [
      clientApi(traffic.counters(), limiterMode()),
      apiDatabase(database, ledger),
      apiProvider(generations),
      secretPersistence({ keys, secrets, scanUser, ...files }),
    ],
    tilesOf(outcomes ?? [], now),
  );
  return { ledger, outcomes, database, boundaries };
}

const metrics =
  (deps: BoundaryDeps): Handlers['metrics.read'] =>
  async (_input, ctx, io) => {
    const { db, traffic, startedAt, limiterMode, webhookCalls } = deps;
    const now = ctx.now();
    const seen = await lookAt(deps, now);
    const away = seen.ledger === null;
    const facts = {
      ...{ startedAt, residentBytes: process.memoryUsage.rss(), ...seen },
      ...{ traffic: traffic.counters(), limiter: limiterMode() },
      frozen: away ? null : (await readFreeze(db.kysely)) !== null,
      firing: away ? null : await countFiring(db.kysely),
      incidents: away ? null : await countIncidents(db.kysely),
      webhook: { calls: webhookCalls(), outbox: away ? null : await readOutbox(db.kysely, now) },
    };
    const open = String(io.headers.accept ?? '').includes('application/openmetrics-text');
    const text = expositionOf(familiesOf(facts), open);
    io.open({ 'content-type': open ? OPEN_METRICS_TYPE : PROMETHEUS_TYPE }).write(text);
  };

/** Answers also while the database is away: that is when somebody looks. */
export function boundaryHandlers(deps: BoundaryDeps): Pick<Handlers, 'boundaries.state' | 'metrics.read'> {
  const { db, startedAt } = deps;
  const lastKnown = remember();
  return {
    'metrics.read': metrics(deps),
    'boundaries.state': async (_input, ctx) => {
      const now = ctx.now();
      const { ledger, boundaries } = await lookAt(deps, now);
      const known = lastKnown(ledger);
      if (!known)
        throw new HttpError('unavailable', 'the database has not answered yet', { retryAfterSeconds: 1 });
      return {
        status: 200,
        body: {
          at: now.toISOString(),
          startedAt: startedAt.toISOString(),
          freeze: await readFreeze(db.kysely).catch(() => null),
          boundaries,
          ledger: { ...known },
        },
      };
    },
  };
}
