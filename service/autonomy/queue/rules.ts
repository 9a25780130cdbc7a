import { MOST_BACKOFF_SECONDS, type PayerTask, type TaskState } from '../../../shared/http/autonomy.ts';

const FIRST_BACKOFF_SECONDS = 15;
/** A resource ten times older than it may be is as stale as one that was never fetched. */
const MOST_STALENESS = 10n;
const PER_MILLE = 1000n;

export interface TaskRow {
  readonly id: string;
  readonly url: string;
  readonly host: string;
  readonly session_id: string;
  readonly asset: string;
  readonly value: string;
  readonly cost: string;
  readonly freshness_seconds: number;
  readonly state: TaskState;
  readonly paused_reason: string | null;
  readonly failures: number;
  readonly backoff_seconds: number;
  readonly last_error: string | null;
  readonly last_fetched_at: Date | null;
  readonly next_run_at: Date;
  readonly resumed_at: Date;
  readonly lease_expires_at: Date | null;
  readonly fence: string;
  readonly created_at: Date;
  readonly created_by: string;
}

/** How stale it is in thousandths of its freshness: 1000 when it has just become stale. */
function staleness({ last_fetched_at: fetched, freshness_seconds: seconds }: TaskRow, now: Date): bigint {
  const most = MOST_STALENESS * PER_MILLE;
  if (fetched === null) return most;
  const age = BigInt(Math.max(0, now.getTime() - fetched.getTime()));
  const found = age / BigInt(seconds);
  return found < most ? found : most;
}

/** What a fetch gains, weighed by how stale the resource is: worth less its cost, in the asset's smallest unit. */
export const priorityOf = (task: TaskRow, now: Date): bigint =>
  ((BigInt(task.value) - BigInt(task.cost)) * staleness(task, now)) / PER_MILLE;

/** Higher priority first; of equals, whoever waits longer. */
export const ranked = (tasks: readonly TaskRow[], now: Date): TaskRow[] =>
  [...tasks].sort((a, b) => {
    const [left, right] = [priorityOf(a, now), priorityOf(b, now)];
    if (left !== right) return left > right ? -1 : 1;
    return a.next_run_at.getTime() - b.next_run_at.getTime();
  });

/** Doubles with each failure in a row. @param failures of them, this one included */
export const backoffOf = (failures: number): number =>
  Math.min(MOST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** Math.min(20, Math.max(0, failures - 1)));

export const toTask = (row: TaskRow, now: Date): PayerTask => ({
  ...{ id: row.id, url: row.url, sessionId: row.session_id, asset: row.asset },
  ...{ value: row.value, cost: row.cost, freshnessSeconds: row.freshness_seconds },
  ...{ state: row.state, pausedReason: row.paused_reason },
  priority: String(priorityOf(row, now)),
  running: row.lease_expires_at !== null && row.lease_expires_at > now,
  ...{ failures: row.failures, backoffSeconds: row.backoff_seconds, lastError: row.last_error },
  lastFetchedAt: row.last_fetched_at?.toISOString() ?? null,
  nextRunAt: row.next_run_at.toISOString(),
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
});
