import { hash } from 'node:crypto';
import type { EntryContent } from '../../shared/ledger/commitment.ts';
import type { Actor, LedgerEntry } from '../../shared/ledger/entry.ts';
import { EVENTS, type EventKind } from '../../shared/ledger/events.ts';
import type { Sha256 } from '../../shared/ledger/merkle.ts';

/** In one call: for messages of this length making a hash object costs more than hashing. */
export const sha256: ((data: Uint8Array) => Buffer) & Sha256 = Object.assign(
  (data: Uint8Array): Buffer => hash('sha256', data, 'buffer'),
  { hex: (data: Uint8Array): string => hash('sha256', data, 'hex') },
);

/** The columns that staged and numbered entries have in common, as they are read. */
export interface ContentRow {
  readonly id: string;
  readonly kind: string;
  readonly at: Date;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly actor_name: string | null;
  readonly agent: string | null;
  readonly request_id: string | null;
  readonly data: string;
}

export const CONTENT_COLUMNS = [
  'id',
  'kind',
  'at',
  'actor_type',
  'actor_id',
  'actor_name',
  'agent',
  'request_id',
  'data',
] as const satisfies readonly (keyof ContentRow)[];

const actorOf = (row: ContentRow): Actor => ({
  type: row.actor_type as Actor['type'],
  id: row.actor_id,
  name: row.actor_name,
});

/** @throws SyntaxError or RangeError when a column holds what this service never writes */
export const contentOf = (row: ContentRow): EntryContent => ({
  id: row.id,
  kind: row.kind,
  at: row.at.toISOString(),
  actor: actorOf(row),
  agent: row.agent,
  requestId: row.request_id,
  data: JSON.parse(row.data) as Record<string, unknown>,
});

/** An entry as the API shows it; `number` and `leafHash` are there once it is integrated. */
export function entryOf(
  row: ContentRow,
  integrated: { number: number; leafHash: Buffer } | null,
): LedgerEntry {
  const { kind, ...content } = contentOf(row);
  return {
    ...content,
    kind: kind as EventKind,
    category: EVENTS[kind as EventKind].category,
    data: { ...content.data },
    number: integrated?.number ?? null,
    state: integrated ? 'integrated' : 'pending',
    leafHash: integrated?.leafHash.toString('hex') ?? null,
  };
}
