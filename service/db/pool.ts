import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { DatabaseError, namedFailure } from './database-error.ts';
import type { QueryMeter } from './query-meter.ts';
import type { WriteWatch } from './write-watch.ts';

/** Waiting for a connection and then for a statement stays below the 5 s of SPEC 19.9. */
export const CONNECT_TIMEOUT_MS = 2000;
export const STATEMENT_TIMEOUT_MS = 2000;
/** The server cancels first and says why; the client's own limit is for a server that does not answer at all. */
const SILENCE_TIMEOUT_MS = 2500;

type Query = (
  text: string,
  values: readonly unknown[],
) => Promise<{ command: string; rowCount: number; rows: unknown[] }>;

/** PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and calls it a success. */
function refuseSilentRollback(text: string, command: string): void {
  if (text !== 'commit' || command !== 'ROLLBACK') return;
  throw new DatabaseError('rejected', 'the transaction had failed before its commit');
}

/** Anything that is not PostgreSQL's own answer about one statement. */
const endsConnection = ({ code, state, cause }: DatabaseError): boolean =>
  code === 'unavailable' &&
  ((cause as { severity?: string }).severity === undefined || /^(08|57P)/.test(state));

/**
 * One checked-out connection. After a silence its protocol state is unknown: it is not used again, not even for a
 * rollback, and thrown away when it is returned.
 */
function guardClient(client: pg.PoolClient, meter: QueryMeter, writes: WriteWatch): PostgresPoolClient {
  const wrote = writes.follow();
  let broken: DatabaseError | undefined;
  const send: Query = async (text, values) => {
    if (broken) throw broken;
    const done = meter.begin();
    try {
      const result = await client.query(text, [...values]);
      done(true);
      refuseSilentRollback(text, result.command);
      return { command: result.command, rowCount: result.rowCount ?? 0, rows: result.rows };
    } catch (error) {
      done(false);
      const named = namedFailure(error);
      if (endsConnection(named)) broken = named;
      throw named;
    } finally {
      wrote(text);
    }
  };
  return { query: send as PostgresPoolClient['query'], release: () => client.release(broken) };
}

export interface GuardedPool extends PostgresPool {
  counts(): { total: number; idle: number; waiting: number };
}

/** A pool whose every failure is a `DatabaseError` and whose every statement is measured. */
export function createPool(config: pg.PoolConfig, meter: QueryMeter, writes: WriteWatch): GuardedPool {
  const pool = new pg.Pool({
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: SILENCE_TIMEOUT_MS,
    idle_in_transaction_session_timeout: SILENCE_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    ...config,
  });
  // A connection that the server closes while nobody uses it is replaced on demand; while somebody holds it, the next
  // statement fails. Without a listener the event would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    connect: async () => {
      try {
        return guardClient(await pool.connect(), meter, writes);
      } catch (error) {
        meter.refused();
        throw namedFailure(error);
      }
    },
    end: () => pool.end(),
    counts: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
  };
}
