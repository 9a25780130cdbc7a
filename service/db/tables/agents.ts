import type { ColumnType, Generated } from 'kysely';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;
/** Absent until it happens. */
type Later = ColumnType<Date | null, Date | null | undefined, Date | null>;

export interface AgentsTable {
  id: string;
  name: string;
  claim_code_hash: Buffer;
  registered_at: Instant;
  connected_at: Later;
  owner_id: ColumnType<string | null, null | undefined, string>;
  claimed_at: Later;
}

export interface AgentKeysTable {
  id: string;
  agent_id: string;
  key_hash: Buffer;
  display_prefix: string;
  requests_per_minute: Generated<number>;
  created_at: Instant;
  last_used_at: Later;
  revoked_at: Later;
}

export interface IdentityTokensTable {
  id: string;
  token_hash: Buffer;
  display_prefix: string;
  agent_id: string;
  issued_at: Instant;
  expires_at: Instant;
  revoked_at: Later;
}

export interface AgentsTables {
  agents: AgentsTable;
  agent_keys: AgentKeysTable;
  identity_tokens: IdentityTokensTable;
}
