import { makeId } from '../../shared/ids/ids.ts';
import { type EntryContent, fieldsOf, jcs, leafOf, SALT_BYTES } from '../../shared/ledger/commitment.ts';
import type { Actor } from '../../shared/ledger/entry.ts';
import { EVENTS, type EventKind } from '../../shared/ledger/events.ts';
import type { Tx } from '../db/database.ts';
import { type ContentRow, sha256 } from './entry-row.ts';
import { LedgerError } from './ledger-error.ts';
import { stagingMac } from './mac.ts';
import { insertStaged, type SaltedRow } from './staged.store.ts';

export interface StagedEvent {
  readonly kind: EventKind;
  /** Checked against the schema of its kind. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: Actor;
  readonly agent: string | null;
  readonly requestId: string | null;
}

export interface Staging {
  /**
   * Stages one ledger entry in the transaction of what it tells: both happen, or neither.
   * @returns the entry's id; its number comes later, from the integrator
   * @throws LedgerError `event-invalid` when the data does not fit the kind
   */
  stage(tx: Tx, event: StagedEvent): Promise<string>;
  /** The same for several, in one statement and in this order. @returns their ids */
  stageAll(tx: Tx, events: readonly StagedEvent[]): Promise<readonly string[]>;
}

export interface StagingOptions {
  /** 32 bytes that api and integrator share and the database lacks. */
  readonly macKey: Uint8Array;
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

function sealed({ macKey, clock, random }: StagingOptions, event: StagedEvent): SaltedRow {
  const now = clock.now();
  const { kind, actor, agent, requestId } = event;
  const id = makeId('entry', random(10), now.getTime());
  const data = validated(event);
  const content: EntryContent = { id, kind, at: now.toISOString(), actor, agent, requestId, data };
  const salts = Buffer.from(random(fieldsOf(content).length * SALT_BYTES));
  const leaf = leafOf(sha256, content, salts);
  const row = rowOf(content);
  return { ...row, leaf, mac: stagingMac(macKey, content, { data: row.data, leaf }), salts };
}

export function createStaging(options: StagingOptions): Staging {
  const stageAll = async (tx: Tx, events: readonly StagedEvent[]): Promise<string[]> => {
    const rows = events.map((event) => sealed(options, event));
    await insertStaged(tx, rows);
    return rows.map(({ id }) => id);
  };
  return {
    stageAll,
    stage: async (tx, event) => {
      const row = sealed(options, event);
      await insertStaged(tx, [row]);
      return row.id;
    },
  };
}
