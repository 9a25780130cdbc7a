import type { EventData, EventKind } from '../../../shared/ledger/events.ts';
import { formatUnits } from '../../../shared/money/units.ts';
import type { Tx } from '../../db/database.ts';
import {
  compareStates,
  type Replayable,
  type ToldEntry,
  type ToldState,
  toldFields,
} from '../../ledger/rederive.ts';
import type { KeyRow } from './rules.ts';
import { listKeys } from './store.ts';

interface KeyState {
  family: string;
  accountId: string | null;
  agentId: string | null;
  label: string;
  displayPrefix: string;
  requestsPerMinute: number;
  /** Credits. */
  spendLimit: string | null;
  expiresAt: string | null;
  revoked: boolean;
  reason: string | null;
}

/** What a key is before anything is told of it, and what one that an operator made for nobody stays. */
const NEW: KeyState = {
  ...{ family: 'inference', accountId: null, agentId: null, label: '', displayPrefix: '' },
  ...{ requestsPerMinute: 0, spendLimit: null, expiresAt: null, revoked: false, reason: null },
};

const KINDS = [
  ...(['key.created', 'key.issued', 'key.changed', 'key.revoked'] as const),
  ...(['key.limit-raised', 'key.limit-lowered', 'agent.credentials-revoked'] as const),
] satisfies EventKind[];

const PAGE = 500;

const stateOf = (row: KeyRow): KeyState => ({
  family: row.family,
  accountId: row.account_id,
  agentId: row.agent_id,
  label: row.label,
  displayPrefix: row.display_prefix,
  requestsPerMinute: row.requests_per_minute,
  spendLimit: row.spend_limit === null ? null : formatUnits(BigInt(row.spend_limit)),
  expiresAt: row.expires_at?.toISOString() ?? null,
  revoked: row.revoked_at !== null,
  reason: row.revoked_reason,
});

async function readKeys(tx: Tx): Promise<Map<string, KeyState>> {
  const keys = new Map<string, KeyState>();
  for (let before: string | undefined; ; ) {
    // Of every state, so the moment makes no difference.
    const rows = await listKeys(tx, { before, limit: PAGE }, new Date());
    for (const row of rows) keys.set(row.id, stateOf(row));
    before = rows.at(-1)?.id;
    if (rows.length < PAGE) return keys;
  }
}

/** Keys that spend or manage: whose they are, their limits and whether they are revoked, by the entries that made them so. */
export function keyStates(): Replayable {
  let stored = new Map<string, KeyState>();
  const told = new Map<string, ToldState<KeyState>>();

  const change = (keyId: string, number: number | null, to: Partial<KeyState>): void => {
    told.set(keyId, { ...(told.get(keyId) ?? NEW), ...to, number });
  };
  /** One entry tells the end of every key that called for the agent; which ones, the entries before it say. */
  const revokeAgents = (agent: string, number: number | null, reason: string): void => {
    for (const [keyId, { agentId, revoked }] of told)
      if (agentId === agent && !revoked) change(keyId, number, { revoked: true, reason });
  };

  return {
    domain: 'inference keys',
    tables: ['api_keys'],
    kinds: KINDS,
    open: async (tx) => {
      stored = await readKeys(tx);
    },
    take: ({ kind, number, data }: ToldEntry) => {
      if (kind === 'key.created' || kind === 'key.issued') {
        const { keyId, ...state } = data as EventData<'key.created' | 'key.issued'>;
        change(keyId, number, state);
      } else if (kind === 'key.changed') {
        const { keyId, ...state } = data as EventData<'key.changed'>;
        change(keyId, number, state);
      } else if (kind === 'key.revoked') {
        const { keyId, reason } = data as EventData<'key.revoked'>;
        change(keyId, number, { revoked: true, reason });
      } else if (kind === 'key.limit-raised' || kind === 'key.limit-lowered') {
        const { keyId, to } = data as EventData<'key.limit-raised'>;
        change(keyId, number, { requestsPerMinute: to });
      } else if (kind === 'agent.credentials-revoked') {
        const { agentId, reason } = data as EventData<'agent.credentials-revoked'>;
        revokeAgents(agentId, number, reason);
      }
    },
    compare: () => compareStates(stored, told),
    told: () => toldFields(told, (state) => ({ ...state })),
  };
}
