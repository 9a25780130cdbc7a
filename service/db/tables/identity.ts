import type { ColumnType } from 'kysely';
import type { OperatorRole } from '../../../shared/http/route.ts';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;
/** Absent until it happens. */
type Later = ColumnType<Date | null, Date | null | undefined, Date | null>;

export interface OperatorsTable {
  id: string;
  name: string;
  role: OperatorRole;
  key_id: string;
  public_key: string;
  enrolled_by: 'first-enrolment' | 'invitation' | 'recovery';
  enrolled_at: Instant;
  last_signed_at: Later;
  revoked_at: Later;
  revoked_by: ColumnType<string | null, undefined, string>;
  revoked_reason: ColumnType<string | null, undefined, string>;
}

export interface EnrolmentCodesTable {
  id: string;
  code_hash: Buffer;
  purpose: 'first-enrolment' | 'invitation' | 'recovery';
  name: string | null;
  role: OperatorRole;
  issued_by: string | null;
  issued_at: Instant;
  expires_at: Instant;
  used_by: string | null;
  used_at: Later;
  revoked_at: Later;
  claimed_at: Later;
}

export interface AdminNoncesTable {
  key_id: string;
  nonce: string;
  expires_at: Instant;
}

export interface AdminNonceHorizonTable {
  one_row: ColumnType<boolean, never, never>;
  horizon: ColumnType<Date, never, Date>;
}

export interface IdempotentRequestsTable {
  actor: string;
  key: string;
  request_hash: Buffer;
  at: Instant;
  status: number | null;
  answer: string | null;
  subject: string | null;
}

export interface ApiKeysTable {
  id: string;
  family: 'inference' | 'management';
  account_id: string | null;
  agent_id: string | null;
  label: string;
  key_hash: Buffer;
  display_prefix: string;
  requests_per_minute: number;
  /** `bigint`, which arrives as a decimal string. */
  spend_limit: ColumnType<string | null, bigint | null, bigint | null>;
  expires_at: ColumnType<Date | null, Date | null, never>;
  created_at: Instant;
  created_by: string;
  last_used_at: Later;
  revoked_at: Later;
  revoked_by: string | null;
  revoked_reason: string | null;
}

export interface IdentityTables {
  operators: OperatorsTable;
  enrolment_codes: EnrolmentCodesTable;
  admin_nonces: AdminNoncesTable;
  admin_nonce_horizon: AdminNonceHorizonTable;
  idempotent_requests: IdempotentRequestsTable;
  api_keys: ApiKeysTable;
}
