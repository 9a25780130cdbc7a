import { performance } from 'node:perf_hooks';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import type { DatabaseRole } from '../../shared/service/keys.ts';
import type { DatabaseEndpoint } from '../../shared/service/launch.ts';
import { connectSession, tlsOf } from './cluster/session.ts';
import { isConflict, namedFailure } from './database-error.ts';
import { Listener } from './listener.ts';
import { CONNECT_TIMEOUT_MS, createPool } from './pool.ts';
import { createQueryMeter, type QueryCounters } from './query-meter.ts';
import type { Schema } from './schema.ts';
import { WriteWatch } from './write-watch.ts';

export interface DatabaseOptions {
  readonly endpoint: DatabaseEndpoint;
  readonly role: DatabaseRole;
  readonly password: string;
  readonly poolSize: number;
}

export interface DatabaseStats extends QueryCounters {
  /** Connections of the pool: open, unused, and callers that wait for one. */
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface Database {
  /** Every failure is a `DatabaseError`. */
  readonly kysely: Kysely<Schema>;
  /** Calls the handler at every `NOTIFY` and, with an empty payload, after a lost connection came back. */
  readonly listen: Listener['listen'];
  readonly notify: Listener['notify'];
  /** Calls the handler when a transaction of this process may have changed the table, before its caller hears of its end. */
  onWrite(table: keyof Schema, handler: () => void): void;
  stats(): DatabaseStats;
  close(): Promise<void>;
}

export type Tx = Transaction<Schema>;

/** A pool of connections as one role. Connects on first use; nothing waits for it longer than 5 s. */
export function openDatabase({ endpoint, role, password, poolSize }: DatabaseOptions): Database {
  const meter = createQueryMeter(() => performance.now());
  const writes = new WriteWatch();
  const pool = createPool(
    {
      host: endpoint.host,
      port: endpoint.port,
      database: endpoint.database,
      user: role,
      password,
      max: poolSize,
      application_name: `sallyport-${role}`,
      ssl: tlsOf(endpoint),
    },
    meter,
    writes,
  );
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const listener = new Listener(() => connectSession(endpoint, { role, password }, CONNECT_TIMEOUT_MS));
  return {
    kysely,
    listen: (channel, handler) => listener.listen(channel, handler),
    notify: (channel, payload) => listener.notify(channel, payload),
    onWrite: (table, handler) => writes.watch(table, handler),
    stats: () => ({ ...meter.counters(), ...pool.counts() }),
    close: async () => {
      await listener.close();
      await kysely.destroy();
    },
  };
}

/** Conflicts end within a few tries; more mean that the work itself is contended, and the caller is told. */
const CONFLICT_ATTEMPTS = 5;

export interface TransactOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
}

/**
 * Runs the work in one transaction, and again as a whole after a serialization failure or deadlock, never after
 * anything else: whether a commit whose answer was lost took place is not known here.
 * @throws DatabaseError, or whatever the work throws
 */
export async function transact<T>(
  db: Pick<Database, 'kysely'>,
  work: (tx: Tx) => Promise<T>,
  { isolation = 'read committed', readOnly = false }: TransactOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.kysely
        .transaction()
        .setIsolationLevel(isolation)
        .setAccessMode(readOnly ? 'read only' : 'read write')
        .execute(work);
    } catch (error) {
      if (attempt === CONFLICT_ATTEMPTS || !isConflict(error)) throw error;
    }
  }
}

/** Whether the database answers now. @throws DatabaseError */
export async function pingDatabase(db: Pick<Database, 'kysely'>): Promise<void> {
  try {
    await db.kysely.selectNoFrom((eb) => eb.lit(1).as('one')).execute();
  } catch (error) {
    throw namedFailure(error);
  }
}
