import type { ApiKey } from '../../../shared/http/keys.ts';
import { prefixOf } from '../../../shared/ids/credentials.ts';
import { formatUnits } from '../../../shared/money/units.ts';
import type { Principal } from '../../gate/context.ts';

export type KeyFamily = Extract<Principal, { type: 'key' }>['family'];

const KEY = new RegExp(`^(?:${prefixOf('management')}|${prefixOf('inference')})[A-Za-z0-9_-]{43}$`);

/** Whether it can be a key at all: everything else is refused without asking the database. */
export const isApiKey = (token: string): boolean => KEY.test(token);

export interface KeyRow {
  readonly id: string;
  readonly family: KeyFamily;
  readonly account_id: string | null;
  readonly agent_id: string | null;
  readonly label: string;
  readonly display_prefix: string;
  readonly requests_per_minute: number;
  /** Units of 1e-8 credit as a decimal string; null: no limit of its own. */
  readonly spend_limit: string | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revoked_reason: string | null;
}

export const isExpired = ({ expires_at }: KeyRow, now: Date): boolean =>
  expires_at !== null && expires_at.getTime() <= now.getTime();

function stateOf(row: KeyRow, now: Date): ApiKey['state'] {
  if (row.revoked_at !== null) return 'revoked';
  return isExpired(row, now) ? 'expired' : 'active';
}

export const toApiKey = (row: KeyRow, now: Date): ApiKey => ({
  id: row.id,
  family: row.family,
  accountId: row.account_id,
  agentId: row.agent_id,
  label: row.label,
  displayPrefix: row.display_prefix,
  requestsPerMinute: row.requests_per_minute,
  spendLimit: row.spend_limit === null ? null : formatUnits(BigInt(row.spend_limit)),
  expiresAt: row.expires_at?.toISOString() ?? null,
  state: stateOf(row, now),
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
  revokedReason: row.revoked_reason,
});

/** What a key proves to the gate. */
export const toPrincipal = (row: KeyRow): Extract<Principal, { type: 'key' }> => ({
  type: 'key',
  id: row.id,
  family: row.family,
  accountId: row.account_id,
  agentId: row.agent_id,
  spendLimit: row.spend_limit === null ? null : BigInt(row.spend_limit),
  label: row.label,
  displayPrefix: row.display_prefix,
  requestsPerMinute: row.requests_per_minute,
});
