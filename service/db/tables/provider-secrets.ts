import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { SecretScope } from '../../../shared/http/provider-secrets.ts';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;
/** Absent until it happens. */
type Later = ColumnType<Date | null, never, Date>;

export interface SecretRootsTable {
  version: ColumnType<number, number, never>;
  check_value: ColumnType<Buffer, Buffer, never>;
  activated_at: Instant;
  superseded_at: Later;
  settled_at: Later;
  retired_at: Later;
}

export interface ProviderSecretsTable {
  id: string;
  provider: ColumnType<string, string, never>;
  scope: ColumnType<SecretScope, SecretScope, never>;
  agent_id: ColumnType<string | null, string | null, never>;
  account_id: ColumnType<string | null, string | null, never>;
  tenant: GeneratedAlways<string>;
  root_version: number;
  salt: Buffer;
  nonce: Buffer;
  box: Buffer;
  fingerprint: string;
  revision: Generated<number>;
  created_at: Instant;
  created_by: ColumnType<string, string, never>;
  updated_at: ColumnType<Date, Date, Date>;
  updated_by: string;
  unreadable_at: ColumnType<Date | null, never, Date | null>;
}

export interface ProviderSecretPreferencesTable {
  account_id: string;
  always_mine: boolean;
  set_at: ColumnType<Date, Date, Date>;
}

export interface ProviderSecretTables {
  secret_roots: SecretRootsTable;
  provider_secrets: ProviderSecretsTable;
  provider_secret_preferences: ProviderSecretPreferencesTable;
}
