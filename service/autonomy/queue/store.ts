import { sql } from 'kysely';
import type { Database, Tx } from '../../db/database.ts';
import type { TaskRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  ...(['id', 'url', 'host', 'session_id', 'asset', 'value', 'cost', 'freshness_seconds', 'state'] as const),
  ...(['paused_reason', 'failures', 'backoff_seconds', 'last_error', 'last_fetched_at'] as const),
  ...(['next_run_at', 'resumed_at', 'lease_expires_at', 'fence', 'created_at', 'created_by'] as const),
] as const;

/** Due tasks that are ranked at once: the rest comes when these are done. */
const CANDIDATES = 200;

export interface NewTask {
  readonly id: string;
  readonly url: string;
  readonly host: string;
  readonly sessionId: string;
  readonly asset: string;
  readonly value: bigint;
  readonly cost: bigint;
  readonly freshnessSeconds: number;
  readonly at: Date;
  readonly by: string;
}

export const insertTask = (tx: Tx, task: NewTask): Promise<TaskRow> =>
  tx
    .insertInto('payer_tasks')
    .values({
      ...{ id: task.id, url: task.url, host: task.host, session_id: task.sessionId, asset: task.asset },
      ...{ value: task.value, cost: task.cost, freshness_seconds: task.freshnessSeconds },
      ...{ next_run_at: task.at, resumed_at: task.at, created_at: task.at, created_by: task.by },
    })
    .returning(columns)
    .executeTakeFirstOrThrow();

export const readTask = (db: Reader, id: string): Promise<TaskRow | undefined> =>
  db.selectFrom('payer_tasks').select(columns).where('id', '=', id).executeTakeFirst();

export const lockTask = (tx: Tx, id: string): Promise<TaskRow | undefined> =>
  tx.selectFrom('payer_tasks').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();

export function listTasks(db: Reader, limit: number, before: string | undefined): Promise<TaskRow[]> {
  const all = db.selectFrom('payer_tasks').select(columns).orderBy('id', 'desc').limit(limit);
  return (before === undefined ? all : all.where('id', '<', before)).execute();
}

/** Tasks whose time has come and that nobody runs. */
export const dueTasks = (db: Reader, now: Date): Promise<TaskRow[]> =>
  db
    .selectFrom('payer_tasks')
    .select(columns)
    .where('state', '=', 'READY')
    .where('next_run_at', '<=', now)
    .where((eb) => eb.or([eb('lease_expires_at', 'is', null), eb('lease_expires_at', '<=', now)]))
    .orderBy('next_run_at')
    .limit(CANDIDATES)
    .execute();

export interface Lease {
  readonly owner: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

/** Takes the task as it was seen, unless somebody was faster. @returns it under its new fence */
export const claimTask = (db: Reader, { id, fence }: TaskRow, lease: Lease): Promise<TaskRow | undefined> =>
  db
    .updateTable('payer_tasks')
    .set({
      ...{ lease_owner: lease.owner, lease_expires_at: lease.expiresAt, fence: BigInt(fence) + 1n },
    })
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('state', '=', 'READY')
    .returning(columns)
    .executeTakeFirst();

/** The task while its runner still has it; held until the transaction ends. */
export const lockClaimed = (tx: Tx, { id, fence }: TaskRow): Promise<TaskRow | undefined> =>
  tx
    .selectFrom('payer_tasks')
    .select(columns)
    .where('id', '=', id)
    .where('fence', '=', fence)
    .forUpdate()
    .executeTakeFirst();

export interface Outcome {
  readonly failures: number;
  readonly backoffSeconds: number;
  readonly error: string | null;
  readonly fetchedAt: Date | null;
  readonly nextRunAt: Date;
}

/** Writes what came of a run and gives the task back. @returns false when another runner has it */
export async function finishTask(tx: Tx, { id, fence }: TaskRow, outcome: Outcome): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('payer_tasks')
    .set({
      ...{ failures: outcome.failures, backoff_seconds: outcome.backoffSeconds, last_error: outcome.error },
      ...{ next_run_at: outcome.nextRunAt, lease_owner: null, lease_expires_at: null },
      ...(outcome.fetchedAt === null ? {} : { last_fetched_at: outcome.fetchedAt }),
    })
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('state', '<>', 'CANCELLED')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Stops a task, whoever runs it: the higher fence makes its runner find that it has it no longer. */
export const stopTask = (
  tx: Tx,
  id: string,
  stop: { readonly state: 'PAUSED'; readonly reason: string } | { readonly state: 'CANCELLED' },
): Promise<TaskRow> =>
  tx
    .updateTable('payer_tasks')
    .set((eb) => ({
      state: stop.state,
      paused_reason: stop.state === 'PAUSED' ? stop.reason : null,
      ...{ lease_owner: null, lease_expires_at: null },
      fence: sql<bigint>`${eb.ref('fence')} + 1`,
    }))
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

export const resumeTask = (tx: Tx, id: string, sessionId: string, at: Date): Promise<TaskRow> =>
  tx
    .updateTable('payer_tasks')
    .set({
      ...{ state: 'READY', paused_reason: null, session_id: sessionId, failures: 0, backoff_seconds: 0 },
      ...{ next_run_at: at, resumed_at: at },
    })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();
