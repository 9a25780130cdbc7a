import type { Database } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** Entries of one kind of clue; a timeline is for reading, the ledger screen has the rest. */
const EACH = 300;

/** The numbers of entries that an incident's alerts name. */
export async function evidenceOf(
  db: Reader,
  incidentId: string,
): Promise<{ numbers: string[]; subjects: string[] }> {
  const rows = await db
    .selectFrom('alerts')
    .select(['evidence', 'subject'])
    .where('incident_id', '=', incidentId)
    .orderBy('id')
    .limit(EACH)
    .execute();
  return {
    numbers: rows.flatMap(({ evidence }) => evidence).slice(0, EACH),
    subjects: [...new Set(rows.map(({ subject }) => subject))].filter((subject) => subject !== '-'),
  };
}

const columns = [
  ...(['id', 'kind', 'at', 'actor_type', 'actor_id', 'actor_name', 'agent', 'request_id', 'data'] as const),
  ...(['number', 'leaf_hash'] as const),
];

export type TimelineRow = Awaited<ReturnType<typeof entriesNumbered>>[number];

export const entriesNumbered = (db: Reader, numbers: readonly string[]) =>
  db
    .selectFrom('ledger_entries')
    .select(columns)
    .where('number', 'in', [...numbers])
    .execute();

/** What these did themselves, or was done for these agents, in a period. */
export const entriesOfActors = (db: Reader, subjects: readonly string[], from: Date) =>
  db
    .selectFrom('ledger_entries')
    .select(columns)
    .where((eb) => eb.or([eb('actor_id', 'in', [...subjects]), eb('agent', 'in', [...subjects])]))
    .where('at', '>=', from)
    .orderBy('number')
    .limit(EACH)
    .execute();

/** What was done about the incident and its subjects: entries of these kinds whose data name one of them. */
export const entriesAbout = (db: Reader, ids: readonly string[], kinds: readonly string[], from: Date) =>
  db
    .selectFrom('ledger_entries')
    .select(columns)
    .where('kind', 'in', [...kinds])
    .where('at', '>=', from)
    .where((eb) => eb.or(ids.map((id) => eb('data', 'like', `%"${id.replaceAll(/[\\%_]/g, '\\$&')}"%`))))
    .orderBy('number')
    .limit(EACH)
    .execute();
