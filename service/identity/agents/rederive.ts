import { idTime } from '../../../shared/ids/ids.ts';
import type { EventData } from '../../../shared/ledger/events.ts';
import { compareStates, type Rederiver, type ToldEntry, type ToldState } from '../../ledger/rederive.ts';
import { everyAgent, everyAgentKey, everyIdentityToken } from './states.store.ts';
import { IDENTITY_KEPT_MS } from './store.ts';

interface AgentState {
  readonly name: string;
  /** Account; null while nobody has claimed it. */
  readonly ownerId: string | null;
  readonly connected: boolean;
}

/** Agents: whose they are, and whether they were heard of. Who owns one acts as it and spends what it earns. */
export function agentStates(): Rederiver {
  const stored = new Map<string, AgentState>();
  const told = new Map<string, ToldState<Partial<AgentState>>>();
  return {
    domain: 'agents',
    tables: ['agents'],
    open: async (tx) => {
      for await (const { id, name, owner_id: ownerId, connected_at } of everyAgent(tx))
        stored.set(id, { name, ownerId, connected: connected_at !== null });
    },
    take: ({ kind, number, data }: ToldEntry) => {
      const { agentId } = data as { readonly agentId?: string };
      if (agentId === undefined) return;
      const step = (to: Partial<AgentState>) => told.set(agentId, { ...told.get(agentId), ...to, number });
      if (kind === 'agent.registered') {
        const { name } = data as EventData<'agent.registered'>;
        step({ name, ownerId: null, connected: false });
      } else if (kind === 'agent.connected') step({ connected: true });
      else if (kind === 'agent.claimed') step({ ownerId: (data as EventData<'agent.claimed'>).accountId });
    },
    compare: () => compareStates<Partial<AgentState>>(stored, told),
  };
}

/** What the table gives every key; no route changes it. */
const KEY_RATE = 60;

interface KeyState {
  readonly agentId: string;
  readonly displayPrefix: string;
  readonly requestsPerMinute: number;
  readonly revoked: boolean;
}

/** Keys that agents call with: whose they are, and whether they are revoked. */
export function agentKeyStates(): Rederiver {
  const stored = new Map<string, KeyState>();
  const told = new Map<string, ToldState<KeyState>>();
  /** Those of each agent that are not revoked: one entry tells the end of all of them. */
  const active = new Map<string, Set<string>>();

  const made = (
    data: Pick<EventData<'agent.registered'>, 'agentId' | 'keyId' | 'displayPrefix'>,
    number: number | null,
  ) => {
    const { agentId, keyId, displayPrefix } = data;
    told.set(keyId, { agentId, displayPrefix, requestsPerMinute: KEY_RATE, revoked: false, number });
    active.set(agentId, (active.get(agentId) ?? new Set()).add(keyId));
  };
  const revoked = (agentId: string, keys: Iterable<string>, number: number | null) => {
    for (const keyId of [...keys]) {
      const key = told.get(keyId);
      if (key) told.set(keyId, { ...key, revoked: true, number });
      active.get(agentId)?.delete(keyId);
    }
  };

  return {
    domain: 'agent keys',
    tables: ['agent_keys'],
    open: async (tx) => {
      for await (const row of everyAgentKey(tx))
        stored.set(row.id, {
          ...{ agentId: row.agent_id, displayPrefix: row.display_prefix },
          ...{ requestsPerMinute: row.requests_per_minute, revoked: row.revoked_at !== null },
        });
    },
    take: ({ kind, number, data }: ToldEntry) => {
      if (kind === 'agent.registered') made(data as EventData<'agent.registered'>, number);
      else if (kind === 'agent.rekeyed' || kind === 'agent.rekeyed-by-operator') {
        const key = data as EventData<'agent.rekeyed' | 'agent.rekeyed-by-operator'>;
        revoked(key.agentId, active.get(key.agentId) ?? [], number);
        made(key, number);
      } else if (kind === 'agent.credentials-revoked') {
        const { agentId } = data as EventData<'agent.credentials-revoked'>;
        revoked(agentId, active.get(agentId) ?? [], number);
      } else if (kind === 'agent.key-revoked') {
        const { agentId, keyId } = data as EventData<'agent.key-revoked'>;
        revoked(agentId, [keyId], number);
      }
    },
    compare: () => compareStates(stored, told),
  };
}

interface TokenState {
  readonly agentId: string;
  readonly displayPrefix: string;
  readonly expiresAt: string;
  readonly revoked: boolean;
}
/** Whether it is revoked is left out where the log cannot tell. */
type ToldToken = ToldState<Omit<TokenState, 'revoked'> & { readonly revoked?: boolean }>;

/** Between the moment at which somebody revoked all and the time in the id of the entry that says so. */
const SLACK_MS = 60_000;

/** One entry revokes all tokens of an agent that are good: what had expired by then is not revoked, and stays so. */
function revokedAt(token: ToldToken, at: number, number: number | null): ToldToken {
  const left = Date.parse(token.expiresAt) - at;
  if (left < -SLACK_MS || token.revoked === true) return token;
  const { revoked: _, ...rest } = token;
  return left > SLACK_MS ? { ...rest, revoked: true, number } : { ...rest, number };
}

/**
 * Identity tokens: whose they are, until when, and whether they are revoked. Rows are forgotten some time after they expired, so
 * what expired long before the snapshot may be missing, and is not kept in mind unless it is there.
 */
export function identityTokenStates(): Rederiver {
  const stored = new Map<string, TokenState>();
  const told = new Map<string, ToldToken>();
  const ofAgent = new Map<string, string[]>();
  let forgotten = 0;

  const issued = ({ tokenId, ...token }: EventData<'agent.identity-issued'>, number: number | null) => {
    // Older entries name no token, and no token of that time is left.
    if (tokenId === undefined) return;
    if (Date.parse(token.expiresAt) < forgotten && !stored.has(tokenId)) return;
    told.set(tokenId, { ...token, displayPrefix: token.displayPrefix ?? '', revoked: false, number });
    const others = ofAgent.get(token.agentId);
    if (others) others.push(tokenId);
    else ofAgent.set(token.agentId, [tokenId]);
  };
  const change = (tokenId: string, to: (token: ToldToken) => ToldToken) => {
    const token = told.get(tokenId);
    if (token) told.set(tokenId, to(token));
  };

  return {
    domain: 'identity tokens',
    tables: ['identity_tokens'],
    open: async (tx) => {
      forgotten = Date.now() - IDENTITY_KEPT_MS + SLACK_MS;
      for await (const row of everyIdentityToken(tx))
        stored.set(row.id, {
          ...{ agentId: row.agent_id, displayPrefix: row.display_prefix },
          ...{ expiresAt: row.expires_at.toISOString(), revoked: row.revoked_at !== null },
        });
    },
    take: ({ kind, id, number, data }: ToldEntry) => {
      if (kind === 'agent.identity-issued') issued(data as EventData<'agent.identity-issued'>, number);
      else if (kind === 'agent.identity-revoked') {
        const { tokenId } = data as EventData<'agent.identity-revoked'>;
        change(tokenId, (token) => ({ ...token, revoked: true, number }));
      } else if (kind === 'agent.credentials-revoked' || kind === 'agent.rekeyed-by-operator') {
        const { agentId } = data as EventData<'agent.credentials-revoked'>;
        for (const tokenId of ofAgent.get(agentId) ?? [])
          change(tokenId, (token) => revokedAt(token, idTime(id), number));
      }
    },
    compare: () => compareStates<Partial<TokenState>>(stored, told),
  };
}
