import type { ColumnType, Generated } from 'kysely';

/** Written once. */
type Fixed<T> = ColumnType<T, T, never>;
/** `bigint`, which arrives as a decimal string. */
type Big = ColumnType<string, number | bigint, number | bigint>;

export interface RefusalSourcesTable {
  minute: Fixed<Date>;
  subject: Fixed<string>;
  count: Big;
  told: Generated<boolean>;
}

export interface AlertCursorTable {
  one_row: ColumnType<boolean, true | undefined, never>;
  next_number: ColumnType<string, number | undefined, number>;
}

export interface AlertWindowsTable {
  rule: Fixed<string>;
  subject: Fixed<string>;
  bucket: Fixed<Date>;
  total: Big;
}

export interface AlertsTable {
  id: Fixed<string>;
  incident_id: Fixed<string>;
  rule: Fixed<string>;
  subject: Fixed<string>;
  severity: Fixed<number>;
  state: ColumnType<'firing' | 'quiet', undefined, 'quiet'>;
  value: Big;
  threshold: Big;
  occurrences: Big;
  first_at: Fixed<Date>;
  last_at: Date;
  quiet_at: ColumnType<Date | null, undefined, Date>;
  evidence: ColumnType<string[], number[], number[]>;
  acknowledged_at: ColumnType<Date | null, undefined, Date | null>;
  acknowledged_by: ColumnType<string | null, undefined, string | null>;
}

export interface IncidentsTable {
  id: Fixed<string>;
  title: string;
  asset: 'control' | 'money' | 'ownership' | 'plain';
  goal: 'impersonate' | 'drain' | 'corrupt' | 'disrupt';
  severity: number;
  rank: number;
  state: ColumnType<
    'open' | 'acknowledged' | 'contained' | 'closed',
    undefined,
    'open' | 'acknowledged' | 'contained' | 'closed'
  >;
  opened_at: Fixed<Date>;
  last_alert_at: Date;
  acknowledged_at: ColumnType<Date | null, undefined, Date | null>;
  contained_at: ColumnType<Date | null, undefined, Date | null>;
  closed_at: ColumnType<Date | null, undefined, Date | null>;
}

export interface IncidentNotesTable {
  id: Fixed<string>;
  incident_id: Fixed<string>;
  at: Fixed<Date>;
  operator_id: Fixed<string>;
  operator_name: Fixed<string | null>;
  note: Fixed<string>;
}

export interface ContainmentsTable {
  id: Fixed<string>;
  kind: Fixed<string>;
  credential: Fixed<string>;
  name: Fixed<string>;
  reason: Fixed<string>;
  incident_id: Fixed<string | null>;
  operator_id: Fixed<string>;
  operator_name: Fixed<string | null>;
  ordered_at: Fixed<Date>;
  finished_at: ColumnType<Date | null, undefined, Date>;
  released_at: ColumnType<Date | null, undefined, Date>;
  released_by: ColumnType<string | null, undefined, string>;
  release_reason: ColumnType<string | null, undefined, string>;
}

export interface ContainmentStepsTable {
  containment_id: Fixed<string>;
  position: Fixed<number>;
  action: Fixed<string>;
  target: Fixed<string>;
  since: Fixed<Date | null>;
  revoked: Generated<number>;
  done_at: ColumnType<Date | null, undefined, Date>;
}

export interface SpendingFreezesTable {
  id: Fixed<string>;
  frozen_at: Fixed<Date>;
  frozen_by: Fixed<string>;
  reason: Fixed<string>;
  lifted_at: ColumnType<Date | null, never, Date>;
  lifted_by: ColumnType<string | null, never, string>;
  lift_reason: ColumnType<string | null, never, string>;
}

export interface BreakGlassOrdersTable {
  id: Fixed<string>;
  file: Fixed<string>;
  seal: Fixed<string>;
  prepared_at: Fixed<Date>;
  prepared_by: Fixed<string>;
  until: Fixed<Date>;
  runs: Fixed<number>;
  runs_used: Generated<number>;
  refused: Generated<number>;
  last_run_at: ColumnType<Date | null, undefined, Date>;
  revoked_at: ColumnType<Date | null, undefined, Date>;
  revoked_by: ColumnType<string | null, undefined, string>;
  revoked_reason: ColumnType<string | null, undefined, string>;
}

export interface HandoversTable {
  id: Fixed<string>;
  handed: Fixed<string>;
  note: Fixed<string>;
  digest: Fixed<Buffer>;
  given_at: Fixed<Date>;
  given_by: Fixed<string>;
  given_by_name: Fixed<string>;
  taken_at: ColumnType<Date | null, undefined, Date>;
  taken_by: ColumnType<string | null, undefined, string>;
  taken_by_name: ColumnType<string | null, undefined, string>;
}

export interface BreakGlassRunsTable {
  order_id: Fixed<string>;
  nonce: Fixed<string>;
  at: Fixed<Date>;
  subject: Fixed<string>;
}

export interface CanariesTable {
  id: Fixed<string>;
  secret_hash: Fixed<Buffer>;
  display_prefix: Fixed<string>;
  label: Fixed<string>;
  planted_at: Fixed<Date>;
  planted_by: Fixed<string>;
  last_used_at: ColumnType<Date | null, undefined, Date>;
}

export interface IncidentTables {
  break_glass_orders: BreakGlassOrdersTable;
  break_glass_runs: BreakGlassRunsTable;
  handovers: HandoversTable;
  canaries: CanariesTable;
  refusal_sources: RefusalSourcesTable;
  alert_cursor: AlertCursorTable;
  alert_windows: AlertWindowsTable;
  alerts: AlertsTable;
  incidents: IncidentsTable;
  incident_notes: IncidentNotesTable;
  containments: ContainmentsTable;
  containment_steps: ContainmentStepsTable;
  spending_freezes: SpendingFreezesTable;
}
