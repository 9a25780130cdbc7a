import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { EVENT_KINDS, EVENTS } from '../../../shared/ledger/events.ts';
import type { Database } from '../../db/database.ts';
import { entryOf } from '../../ledger/entry-row.ts';
import type { IncidentRow } from './rules.ts';
import {
  entriesAbout,
  entriesNumbered,
  entriesOfActors,
  evidenceOf,
  type TimelineRow,
} from './timeline.store.ts';

/** What came before the first alert is where an attack shows first. */
const BEFORE_MS = 3_600_000;
const ENTRIES = 500;

/** Kinds by which people and the service answer an incident, and those about the credentials that one is about. */
const ABOUT = EVENT_KINDS.filter((kind) =>
  ['incident', 'key', 'account', 'agent', 'operator', 'payer'].includes(EVENTS[kind].category),
);

const toEntry = (row: TimelineRow): LedgerEntry =>
  entryOf(row, { number: Number(row.number), leafHash: row.leaf_hash });

/** What the log says about an incident: what raised it, what its subjects did, and what was done about both. */
export async function timelineOf(
  { kysely }: Pick<Database, 'kysely'>,
  incident: IncidentRow,
): Promise<{ readonly entries: LedgerEntry[]; readonly complete: boolean }> {
  const { numbers, subjects } = await evidenceOf(kysely, incident.id);
  const from = new Date(incident.opened_at.getTime() - BEFORE_MS);
  const found = await Promise.all([
    numbers.length > 0 ? entriesNumbered(kysely, numbers) : [],
    subjects.length > 0 ? entriesOfActors(kysely, subjects, from) : [],
    entriesAbout(kysely, [incident.id, ...subjects], ABOUT, from),
  ]);
  const byNumber = new Map(found.flat().map((row) => [Number(row.number), row]));
  const rows = [...byNumber].sort(([a], [b]) => a - b).map(([, row]) => row);
  return { entries: rows.slice(0, ENTRIES).map(toEntry), complete: rows.length <= ENTRIES };
}
