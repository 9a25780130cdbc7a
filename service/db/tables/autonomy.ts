import type { ColumnType, Generated } from 'kysely';
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

export interface AutonomyTables {
  payer_key_generations: PayerKeyGenerationsTable;
  payer_sessions: PayerSessionsTable;
}
