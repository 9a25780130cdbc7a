import type { ColumnType } from 'kysely';
import type { Outcome } from '../../../shared/boundaries/health.ts';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;
/** Absent until it happens. */
type Later<T> = ColumnType<T | null, never, T>;

export interface ProbeRoundsTable {
  id: string;
  cause: 'schedule' | 'demand';
  scheduled_by: string;
  scheduled_at: Instant;
  begun_at: Later<Date>;
  finished_at: Later<Date>;
  missed_at: Later<Date>;
}

export interface ProbeOutcomesTable {
  round_id: string;
  probe: string;
  outcome: Outcome;
  evidence: string;
  duration_ms: number;
  at: Instant;
}

/** Written once, pruned by the database's own function. */
export interface ConsoleOutcomesTable extends Omit<ProbeOutcomesTable, 'round_id'> {
  /** The ledger entry of the report. */
  report_id: string;
  operator_id: string;
}

export interface ProbeTables {
  probe_rounds: ProbeRoundsTable;
  probe_outcomes: ProbeOutcomesTable;
  console_outcomes: ConsoleOutcomesTable;
}
