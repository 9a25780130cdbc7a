import { makeId } from '../../shared/ids/ids.ts';
import { type EntryContent, fieldsOf, jcs, leafOf, SALT_BYTES } from '../../shared/ledger/commitment.ts';
import type { Actor } from '../../shared/ledger/entry.ts';
import { EVENTS, type EventKind } from '../../shared/ledger/events.ts';
import { type ContentRow, sha256 } from './entry-row.ts';
import { LedgerError } from './ledger-error.ts';
import { type SealedRow, stagingMac } from './mac.ts';

export interface StagedEvent {
  readonly kind: EventKind;
  /** Checked against the schema of its kind. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: Actor;
  readonly agent: string | null;
  readonly requestId: string | null;
}

/** A row of the waiting room with what opens its commitments. */
export interface SaltedRow extends SealedRow {
  readonly salts: Buffer;
}

export interface SealingParts {
  readonly clock: { now(): Date };
  /** Bytes from a CSPRNG. */
  readonly random: (bytes: number) => Uint8Array;
}

function validated(event: StagedEvent): Record<string, unknown> {
  const checked = EVENTS[event.kind].data.safeParse(event.data);
  if (checked.success) return checked.data;
  // The values stay out of the message: some are redactable.
  const where = checked.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new LedgerError('event-invalid', `the data of ${event.kind} does not fit its schema: ${where}`);
}

const rowOf = (content: EntryContent): ContentRow => ({
  id: content.id,
  kind: content.kind,
  at: new Date(content.at),
  actor_type: content.actor.type,
  actor_id: content.actor.id,
  actor_name: content.actor.name,
  agent: content.agent,
  request_id: content.requestId,
  data: jcs(content.data),
});

/**
 * An entry as it is staged: its data checked against the schema of its kind, its commitments made, all of it sealed.
 * @param key of the kind of the event (`sealKeyOf`)
 * @throws LedgerError `event-invalid`
 */
export function sealEvent(key: Uint8Array, { clock, random }: SealingParts, event: StagedEvent): SaltedRow {
  const now = clock.now();
  const { kind, actor, agent, requestId } = event;
  const id = makeId('entry', random(10), now.getTime());
  const data = validated(event);
  const content: EntryContent = { id, kind, at: now.toISOString(), actor, agent, requestId, data };
  const salts = Buffer.from(random(fieldsOf(content).length * SALT_BYTES));
  const leaf = leafOf(sha256, content, salts);
  const row = rowOf(content);
  return { ...row, leaf, mac: stagingMac(key, content, { data: row.data, leaf }), salts };
}
