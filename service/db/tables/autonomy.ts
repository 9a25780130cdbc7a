import type { ColumnType, Generated } from 'kysely';
import type { PaymentState, TaskState } from '../../../shared/http/autonomy.ts';
import type { PayerSessionState } from '../../../shared/http/payer-sessions.ts';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;
/** Absent until it happens. */
type Later<T> = ColumnType<T | null, never, T>;

export interface PayerKeyGenerationsTable {
  generation: number;
  fingerprint: Buffer | null;
  hydrated_at: Instant;
}

export interface PayerSessionsTable {
  id: string;
  purpose: string;
  key_generation: number;
  payer_key: Buffer | null;
  state: Generated<PayerSessionState>;
  signature_allowance: number;
  signatures_used: Generated<number>;
  issued_at: Instant;
  issued_by: string;
  expires_at: ColumnType<Date, Date, Date>;
  refreshed_at: Later<Date>;
  last_signed_at: Later<Date>;
  ended_at: Later<Date>;
  ended_by: Later<string>;
  ended_reason: Later<string>;
}

/** Of a token's smallest unit: the driver reads it as text, so nothing on its way is a float. */
type Smallest = ColumnType<string, bigint, never>;
type Changing<T> = ColumnType<T, T, T>;
/** Absent until it happens, and again when it is over. */
type Settable<T> = ColumnType<T | null, never, T | null>;

export interface PayerControlTable {
  one: ColumnType<boolean, never, never>;
  paused: ColumnType<boolean, never, boolean>;
  cause: Settable<string>;
  reason: Settable<string>;
  changed_at: Settable<Date>;
  changed_by: Settable<string>;
}

export interface PayerBreakersTable {
  target: string;
  state: 'closed' | 'open' | 'half-open';
  failures: number;
  since: Changing<Date>;
  retry_at: Changing<Date | null>;
  wait_seconds: number;
}

export interface PayerTasksTable {
  id: string;
  url: string;
  host: string;
  session_id: string;
  asset: string;
  value: Smallest;
  cost: Smallest;
  freshness_seconds: number;
  state: ColumnType<TaskState, never, TaskState>;
  paused_reason: Settable<string>;
  failures: ColumnType<number, never, number>;
  backoff_seconds: ColumnType<number, never, number>;
  last_error: Settable<string>;
  last_fetched_at: Settable<Date>;
  next_run_at: Changing<Date>;
  resumed_at: Changing<Date>;
  lease_owner: Settable<string>;
  lease_expires_at: Settable<Date>;
  fence: ColumnType<string, never, bigint>;
  created_at: Instant;
  created_by: string;
}

export interface PayerPaymentsTable {
  id: string;
  task_id: string;
  session_id: string;
  state: ColumnType<PaymentState, never, PaymentState>;
  host: string;
  network: string;
  asset: string;
  decimals: number;
  amount: Smallest;
  payer: string;
  pay_to: string;
  fee_payer: string;
  last_valid_height: Smallest;
  signature: Settable<string>;
  transaction: Settable<string>;
  claimed: Settable<string>;
  disputed: ColumnType<boolean, never, boolean>;
  delivered: ColumnType<boolean, never, boolean>;
  ended_reason: Settable<string>;
  created_at: Instant;
  ended_at: Settable<Date>;
}

interface PayerKeyRetirementsTable {
  fingerprint: Buffer;
  address: string;
  successor: Buffer;
  retired_at: Instant;
  retired_by: string;
  reason: string;
  proposal_id: string;
}

export interface AutonomyTables {
  payer_control: PayerControlTable;
  payer_breakers: PayerBreakersTable;
  payer_tasks: PayerTasksTable;
  payer_payments: PayerPaymentsTable;
  payer_key_generations: PayerKeyGenerationsTable;
  payer_key_retirements: PayerKeyRetirementsTable;
  payer_sessions: PayerSessionsTable;
}
