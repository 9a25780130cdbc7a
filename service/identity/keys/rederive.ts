import type { EventData } from '../../../shared/ledger/events.ts';
import type { Tx } from '../../db/database.ts';
import type { Rederiver, StateFinding, ToldEntry } from '../../ledger/rederive.ts';
import { listKeys } from './store.ts';

interface KeyState {
  label: string;
  displayPrefix: string;
  requestsPerMinute: number;
  revoked: boolean;
  reason: string | null;
}

interface Told extends KeyState {
  number: number | null;
}

const PAGE = 500;

async function readKeys(tx: Tx): Promise<Map<string, KeyState>> {
  const keys = new Map<string, KeyState>();
  for (let before: string | undefined; ; ) {
    // Of every state, so the moment makes no difference.
    const rows = await listKeys(tx, { before, limit: PAGE }, new Date());
    for (const row of rows)
      keys.set(row.id, {
        label: row.label,
        displayPrefix: row.display_prefix,
        requestsPerMinute: row.requests_per_minute,
        revoked: row.revoked_at !== null,
        reason: row.revoked_reason,
      });
    before = rows.at(-1)?.id;
    if (rows.length < PAGE) return keys;
  }
}

const differences = (stored: KeyState, { number: _number, ...told }: Told): string[] =>
  (Object.keys(told) as (keyof KeyState)[]).filter((name) => stored[name] !== told[name]);

/** Inference keys: label, limit and whether they are revoked, by the entries that made them so. */
export function keyStates(): Rederiver {
  let stored = new Map<string, KeyState>();
  const told = new Map<string, Told>();

  const change = (keyId: string, number: number | null, to: Partial<KeyState>): void => {
    const known = told.get(keyId) ?? {
      ...{ label: '', displayPrefix: '', requestsPerMinute: 0, revoked: false, reason: null },
    };
    told.set(keyId, { ...known, ...to, number });
  };

  return {
    domain: 'inference keys',
    open: async (tx) => {
      stored = await readKeys(tx);
    },
    take: ({ kind, number, data }: ToldEntry) => {
      if (kind === 'key.created') {
        const { keyId, ...state } = data as EventData<'key.created'>;
        change(keyId, number, state);
      } else if (kind === 'key.issued' || kind === 'key.changed') {
        const { keyId, label, displayPrefix, requestsPerMinute } = data as EventData<'key.changed'>;
        change(keyId, number, { label, displayPrefix, requestsPerMinute });
      } else if (kind === 'key.revoked') {
        const { keyId, reason } = data as EventData<'key.revoked'>;
        change(keyId, number, { revoked: true, reason });
      } else if (kind === 'key.limit-raised' || kind === 'key.limit-lowered') {
        const { keyId, to } = data as EventData<'key.limit-raised'>;
        change(keyId, number, { requestsPerMinute: to });
      }
    },
    compare: () => {
      const findings: StateFinding[] = [];
      for (const [subject, state] of stored) {
        const entry = told.get(subject);
        const fields = entry ? differences(state, entry) : [];
        if (!entry) findings.push({ subject, number: null, what: 'untold', fields });
        else if (fields.length > 0) findings.push({ subject, number: entry.number, what: 'differs', fields });
      }
      for (const [subject, { number }] of told)
        if (!stored.has(subject)) findings.push({ subject, number, what: 'unwritten', fields: [] });
      return findings;
    },
  };
}
