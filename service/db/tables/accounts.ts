import type { ColumnType } from 'kysely';
import type { AccountRole } from '../../../shared/http/route.ts';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;
/** Absent until it happens. */
type Later = ColumnType<Date | null, Date | null | undefined, Date | null>;

export interface AccountsTable {
  id: string;
  email: string;
  email_key: string;
  password_hash: string;
  role: AccountRole;
  created_at: Instant;
}

export type RevokedCause = 'logout' | 'logout-all' | 'operator' | 'reuse';

export interface AccountSessionsTable {
  id: string;
  account_id: string;
  opened_at: Instant;
  last_used_at: Later;
  expires_at: ColumnType<Date, Date, Date>;
  revoked_at: Later;
  revoked_cause: ColumnType<RevokedCause | null, RevokedCause | null | undefined, RevokedCause | null>;
}

export interface RefreshTokensTable {
  token_hash: Buffer;
  session_id: string;
  generation: number;
  issued_at: Instant;
  expires_at: Instant;
  used_at: Later;
}

export interface TokenKeysTable {
  version: number;
  kid: string;
  activated_at: Instant;
  retires_at: Later;
}

export interface AccountsTables {
  accounts: AccountsTable;
  account_sessions: AccountSessionsTable;
  refresh_tokens: RefreshTokensTable;
  token_keys: TokenKeysTable;
}
