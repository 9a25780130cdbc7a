import type { ColumnType, Generated } from 'kysely';
import type {
  ActivationMode,
  BrandRole,
  JobState,
  Product,
  TokenState,
} from '../../../shared/http/minting.ts';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;
/** Absent until it happens. */
type Later<T> = ColumnType<T | null, never, T | null>;

export interface BrandsTable {
  id: string;
  name: string;
  created_at: Instant;
}

export interface BrandMembersTable {
  brand_id: string;
  account_id: string;
  role: BrandRole;
  added_at: Instant;
}

/** When an account asked who has an e-mail address, as long as it counts. */
export interface MemberLookupsTable {
  account_id: string;
  moments: Date[];
}

export interface MintJobsTable {
  id: string;
  brand_id: string;
  batch_name: string;
  quantity: ColumnType<number, number, never>;
  serial_pattern: string;
  /** `bigint` arrives as a decimal string; patterns keep it below 2^53. */
  first_number: ColumnType<string, number, never>;
  activation: ActivationMode;
  product: ColumnType<Product, string, never>;
  state: Generated<JobState>;
  done: Generated<number>;
  reissued: Generated<number>;
  lease_owner: Later<string>;
  lease_expires_at: Later<Date>;
  fence: ColumnType<string, never, string>;
  root: Later<Buffer>;
  failure: Later<string>;
  created_by: string;
  created_at: Instant;
  finished_at: Later<Date>;
}

export interface MintTokensTable {
  id: string;
  job_id: string;
  brand_id: string;
  /** From 1. Those behind the job's quantity were made in place of voided ones. */
  position: number;
  serial: string;
  code_hash: Buffer;
  code_envelope: Buffer;
  activation: ActivationMode;
  state: TokenState;
  activated_at: ColumnType<Date | null, Date | null, Date>;
  voided_at: Later<Date>;
  replaced_by: Later<string>;
}

export interface MintingTables {
  brands: BrandsTable;
  brand_members: BrandMembersTable;
  member_lookups: MemberLookupsTable;
  mint_jobs: MintJobsTable;
  mint_tokens: MintTokensTable;
}
