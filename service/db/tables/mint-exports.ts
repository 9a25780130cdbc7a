import type { ColumnType, Generated } from 'kysely';
import type { ExportFormat, ExportProblem, ExportState } from '../../../shared/http/mint-exports.ts';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;
/** Absent until it happens. */
type Later<T> = ColumnType<T | null, never, T | null>;

export interface MintExportsTable {
  id: string;
  brand_id: string;
  job_id: string;
  format: ExportFormat;
  /** Positions first to first + rows - 1. */
  first: number;
  rows: number;
  state: Generated<ExportState>;
  done: Generated<number>;
  attempts: Generated<number>;
  problem: Later<ExportProblem>;
  retry_at: ColumnType<Date, never, Date>;
  lease_owner: Later<string>;
  lease_expires_at: Later<Date>;
  fence: ColumnType<string, never, string>;
  object: Later<string>;
  /** `bigint` arrives as a decimal string. */
  bytes: ColumnType<string | null, never, string | null>;
  sha256: Later<Buffer>;
  requested_by: string;
  created_at: Instant;
  finished_at: Later<Date>;
}

export interface MintExportTables {
  mint_exports: MintExportsTable;
}
