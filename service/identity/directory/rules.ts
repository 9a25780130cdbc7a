import type {
  IdentityAccount,
  IdentityAgent,
  IdentityKey,
  IdentitySession,
} from '../../../shared/http/identity-parts.ts';
import { type AccountRow, toAccount } from '../accounts/rules.ts';
import { type AgentRow, toAgent } from '../agents/rules.ts';

const text = (at: Date | null): string | null => at?.toISOString() ?? null;

/** `bigint` of a count, which arrives as a decimal string. */
type Count = string | number | bigint;

export interface AccountEntryRow extends AccountRow {
  readonly open_sessions: Count;
  readonly agents: Count;
  readonly keys: Count;
  readonly last_used_at: Date | null;
}

export const toIdentityAccount = (row: AccountEntryRow): IdentityAccount => ({
  ...toAccount(row),
  state: Number(row.open_sessions) > 0 ? 'logged-in' : 'logged-out',
  openSessions: Number(row.open_sessions),
  agents: Number(row.agents),
  keys: Number(row.keys),
  lastUsedAt: text(row.last_used_at),
});

export interface AgentEntryRow extends AgentRow {
  readonly email: string | null;
  readonly active_keys: Count;
  readonly display_prefix: string;
  readonly last_used_at: Date | null;
  readonly last_at: Date | null;
}

export const toIdentityAgent = (row: AgentEntryRow): IdentityAgent => ({
  ...toAgent(row),
  ownerEmail: row.email,
  activeKeys: Number(row.active_keys),
  displayPrefix: row.display_prefix,
  lastUsedAt: text(row.last_used_at),
  lastHeartbeatAt: text(row.last_at),
});

/** What has ended an entry, if anything has: a revocation outweighs its time. */
function endOf(row: { readonly revoked_at: Date | null; readonly expires_at: Date | null }, now: Date) {
  if (row.revoked_at !== null) return 'revoked' as const;
  return row.expires_at !== null && row.expires_at <= now ? ('expired' as const) : null;
}

export interface SessionEntryRow {
  readonly id: string;
  readonly account_id: string;
  readonly email: string;
  readonly opened_at: Date;
  readonly last_used_at: Date | null;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly revoked_cause: string | null;
}

export const toIdentitySession = (row: SessionEntryRow, now: Date): IdentitySession => ({
  id: row.id,
  accountId: row.account_id,
  email: row.email,
  state: endOf(row, now) ?? 'open',
  openedAt: row.opened_at.toISOString(),
  lastUsedAt: text(row.last_used_at),
  expiresAt: row.expires_at.toISOString(),
  revokedAt: text(row.revoked_at),
  revokedCause: row.revoked_cause,
});

export interface KeyEntryRow {
  readonly id: string;
  readonly family: IdentityKey['family'];
  readonly display_prefix: string;
  readonly label: string;
  readonly account_id: string | null;
  readonly agent_id: string | null;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

export const toIdentityKey = (row: KeyEntryRow, now: Date): IdentityKey => ({
  id: row.id,
  family: row.family,
  displayPrefix: row.display_prefix,
  label: row.label,
  accountId: row.account_id,
  agentId: row.agent_id,
  state: endOf(row, now) ?? 'active',
  createdAt: row.created_at.toISOString(),
  lastUsedAt: text(row.last_used_at),
  expiresAt: text(row.expires_at),
  revokedAt: text(row.revoked_at),
});

/** The part of an id that sorts by time: keys and identity tokens have different prefixes and stand in one list. */
export const timePart = (id: string): string => id.slice(id.indexOf('_') + 1);

/** Newest first, of several lists that are each newest first. */
export const newestFirst = <T extends { readonly id: string }>(lists: readonly (readonly T[])[]): T[] =>
  lists.flat().sort((a, b) => (timePart(a.id) < timePart(b.id) ? 1 : -1));
