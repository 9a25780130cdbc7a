import { base64urlnopad } from '@scure/base';
import type { Agent } from '../../../shared/http/agents.ts';
import { HttpError } from '../../gate/http-error.ts';

export const CLAIM_CODE_BYTES = 16;
export const IDENTITY_MS = 3_600_000;

/** @param random 16 bytes of a CSPRNG */
export function newClaimCode(random: Uint8Array): string {
  if (random.length !== CLAIM_CODE_BYTES) throw new RangeError('a claim code takes 16 random bytes');
  return base64urlnopad.encode(random);
}

export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly owner_id: string | null;
  readonly registered_at: Date;
  readonly connected_at: Date | null;
  readonly claimed_at: Date | null;
}

/** What has happened to an agent is its state; a claim outweighs a heartbeat. */
const stateOf = ({ owner_id, connected_at }: AgentRow): Agent['state'] => {
  if (owner_id !== null) return 'claimed';
  return connected_at === null ? 'registered_unclaimed' : 'connected_unclaimed';
};

export const toAgent = (row: AgentRow): Agent => ({
  id: row.id,
  name: row.name,
  state: stateOf(row),
  ownerId: row.owner_id,
  registeredAt: row.registered_at.toISOString(),
  claimedAt: row.claimed_at?.toISOString() ?? null,
});

/**
 * The agent, when this account owns it. One that nobody has claimed is nobody's to rekey.
 * @throws HttpError `not_found` | `forbidden`
 */
export function requireOwned(row: AgentRow | undefined, accountId: string): AgentRow {
  if (!row) throw new HttpError('not_found', 'there is no such agent');
  if (row.owner_id !== accountId) throw new HttpError('forbidden', 'this agent is not yours');
  return row;
}

export interface IdentityRow extends AgentRow {
  readonly expires_at: Date;
}

/** @throws HttpError `not_found` for an unknown token, `unauthorized` for one that has expired (SPEC 1) */
export function requireIdentity(row: IdentityRow | undefined, now: Date): IdentityRow {
  if (!row) throw new HttpError('not_found', 'there is no such identity token');
  if (row.expires_at.getTime() <= now.getTime())
    throw new HttpError('unauthorized', 'this identity token has expired');
  return row;
}
