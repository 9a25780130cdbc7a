import type { Alert, AlertRuleView, Incident } from '../../../shared/http/incidents.ts';
import type { Database } from '../../db/database.ts';
import { HttpError } from '../../gate/http-error.ts';
import { ruleOf } from '../alerts/catalogue.ts';
import { listAlerts } from '../alerts/store.ts';
import { alertViewer } from '../alerts/view.ts';
import { type IncidentRow, toIncident } from './rules.ts';
import { listNotes, type NoteRow, readIncident } from './store.ts';

/** Alerts that one answer shows; the rest are in their own list. */
const ALERTS_SHOWN = 200;

export const noIncident = (id: string) => new HttpError('not_found', `there is no incident ${id}`);

export interface IncidentNote {
  readonly id: string;
  readonly at: string;
  readonly operatorId: string;
  readonly operatorName: string | null;
  readonly note: string;
}
export type IncidentStep = AlertRuleView['steps'][number];

export const toNote = (row: NoteRow): IncidentNote => ({
  ...{ id: row.id, at: row.at.toISOString(), note: row.note },
  ...{ operatorId: row.operator_id, operatorName: row.operator_name },
});

export interface DescribedIncident {
  readonly row: IncidentRow;
  readonly incident: Incident;
  readonly alerts: Alert[];
  readonly notes: IncidentNote[];
  /** Of the runbooks of its rules, each once. */
  readonly steps: IncidentStep[];
}

/** @throws HttpError `not_found` */
export async function describeIncident(
  db: Database['kysely'],
  id: string,
  now: Date,
): Promise<DescribedIncident> {
  const row = await readIncident(db, id);
  if (!row) throw noIncident(id);
  const alerts = await listAlerts(db, { incident: id, limit: ALERTS_SHOWN });
  const steps = [...new Set(alerts.map(({ rule }) => rule))].flatMap((rule) => ruleOf(rule)?.steps ?? []);
  return {
    row,
    incident: toIncident(row, now),
    alerts: alerts.map(await alertViewer(db, alerts)),
    notes: (await listNotes(db, id)).map(toNote),
    steps: [...new Map(steps.map((step) => [`${step.route} ${step.does}`, step])).values()],
  };
}
