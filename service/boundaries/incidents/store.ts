import { sql } from 'kysely';
import type { IncidentState } from '../../../shared/http/incidents.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Gravity, IncidentRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  ...(['id', 'title', 'asset', 'goal', 'severity', 'rank', 'state', 'opened_at', 'last_alert_at'] as const),
  ...(['acknowledged_at', 'contained_at', 'closed_at'] as const),
];

/**
 * The incident that an alert belongs to: one that is not closed and has an alert of the same subject, else one with an alert of the
 * same rule since the time given. Locked.
 */
export async function findIncidentFor(
  tx: Tx,
  alert: { readonly rule: string; readonly subject: string | null; readonly since: Date },
): Promise<IncidentRow | undefined> {
  const unclosed = () =>
    tx
      .selectFrom('incidents')
      .select(columns)
      .where('state', '<>', 'closed')
      .orderBy('rank')
      .orderBy('id')
      .limit(1)
      .forUpdate();
  const withAlert = (column: 'rule' | 'subject', value: string) =>
    unclosed().where('id', 'in', (eb) =>
      eb.selectFrom('alerts').select('incident_id').where(column, '=', value),
    );
  const same =
    alert.subject === null ? undefined : await withAlert('subject', alert.subject).executeTakeFirst();
  return same ?? withAlert('rule', alert.rule).where('last_alert_at', '>=', alert.since).executeTakeFirst();
}

export const insertIncident = (
  tx: Tx,
  incident: Gravity & {
    readonly id: string;
    readonly title: string;
    readonly rank: number;
    readonly at: Date;
  },
): Promise<IncidentRow> =>
  tx
    .insertInto('incidents')
    .values({
      ...{ id: incident.id, title: incident.title, asset: incident.asset, goal: incident.goal },
      ...{ severity: incident.severity, rank: incident.rank },
      ...{ opened_at: incident.at, last_alert_at: incident.at },
    })
    .returning(columns)
    .executeTakeFirstOrThrow();

export const worsenIncident = (
  tx: Tx,
  id: string,
  to: Gravity & {
    readonly title: string;
    readonly rank: number;
    readonly at: Date;
    readonly state: IncidentState;
  },
): Promise<unknown> =>
  tx
    .updateTable('incidents')
    .set({
      ...{
        title: to.title,
        asset: to.asset,
        goal: to.goal,
        severity: to.severity,
        rank: to.rank,
        state: to.state,
      },
      last_alert_at: sql<Date>`greatest(last_alert_at, ${to.at}::timestamptz)`,
    })
    .where('id', '=', id)
    .execute();

export const lockIncident = (tx: Tx, id: string): Promise<IncidentRow | undefined> =>
  tx.selectFrom('incidents').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();

export const moveIncident = (tx: Tx, id: string, to: IncidentState, at: Date): Promise<unknown> =>
  tx
    .updateTable('incidents')
    .set({
      state: to,
      ...(to === 'acknowledged' ? { acknowledged_at: at } : {}),
      ...(to === 'contained' ? { contained_at: at } : {}),
      ...(to === 'closed' ? { closed_at: at } : {}),
    })
    .where('id', '=', id)
    .execute();

const counted = (db: Reader) =>
  db
    .selectFrom('incidents')
    .select(columns)
    .select((eb) => [
      eb
        .selectFrom('alerts')
        .select((a) => a.fn.countAll<string>().as('n'))
        .whereRef('alerts.incident_id', '=', 'incidents.id')
        .as('alerts'),
      eb
        .selectFrom('alerts')
        .select((a) => a.fn.countAll<string>().as('n'))
        .whereRef('alerts.incident_id', '=', 'incidents.id')
        .where('alerts.state', '=', 'firing')
        .as('firing'),
    ]);

type Counted = IncidentRow & { readonly alerts: string | null; readonly firing: string | null };
const numbers = (row: Counted) => ({
  ...row,
  alerts: Number(row.alerts ?? 0),
  firing: Number(row.firing ?? 0),
});

export async function readIncident(db: Reader, id: string) {
  const row = await counted(db).where('id', '=', id).executeTakeFirst();
  return row && numbers(row);
}

/** The gravest first, and of alike ones the newest. */
export async function listIncidents(db: Reader, state: IncidentState | 'unclosed', limit: number) {
  const all = counted(db).orderBy('rank').orderBy('id', 'desc').limit(limit);
  const rows = await (state === 'unclosed'
    ? all.where('state', '<>', 'closed')
    : all.where('state', '=', state)
  ).execute();
  return rows.map(numbers);
}

/** Alerts of the incident that ring and that nobody has acknowledged. */
export async function countUnseen(tx: Tx, incidentId: string): Promise<number> {
  const { n } = await tx
    .selectFrom('alerts')
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .where('incident_id', '=', incidentId)
    .where('state', '=', 'firing')
    .where('acknowledged_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(n);
}

export interface NoteRow {
  readonly id: string;
  readonly at: Date;
  readonly operator_id: string;
  readonly operator_name: string | null;
  readonly note: string;
}

const noteColumns = ['id', 'at', 'operator_id', 'operator_name', 'note'] as const;

export const insertNote = (tx: Tx, incidentId: string, note: NoteRow): Promise<NoteRow> =>
  tx
    .insertInto('incident_notes')
    .values({ ...note, incident_id: incidentId })
    .returning(noteColumns)
    .executeTakeFirstOrThrow();

export const listNotes = (db: Reader, incidentId: string): Promise<NoteRow[]> =>
  db
    .selectFrom('incident_notes')
    .select(noteColumns)
    .where('incident_id', '=', incidentId)
    .orderBy('id')
    .execute();
