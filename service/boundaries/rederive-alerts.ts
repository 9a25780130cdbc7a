import { derive } from '../ledger/derive.ts';
import { everyAlert, everyIncident, everyNote } from './states.store.ts';

interface AlertState {
  readonly incidentId: string;
  readonly rule: string;
  readonly subject: string;
  readonly severity: number;
  readonly threshold: string;
  readonly state: string;
  /** Who has seen it as it rings now. */
  readonly acknowledgedBy: string | null;
}

/** Alerts: that none was silenced. How often one has rung since its entry is counted without entries. */
export const alertStates = derive<AlertState>({
  domain: 'alerts',
  tables: ['alerts'],
  stored: async function* (tx) {
    for await (const { id, incident_id: incidentId, acknowledged_by: acknowledgedBy, ...alert } of everyAlert(
      tx,
    ))
      yield [id, { ...alert, incidentId, acknowledgedBy }];
  },
  steps: {
    'alert.raised': (told, { alertId, incidentId, rule, subject, severity, threshold }) =>
      told.is(alertId, {
        ...{ incidentId, rule, subject, severity, threshold, state: 'firing', acknowledgedBy: null },
      }),
    'alert.quieted': (told, { alertId }) => told.is(alertId, { state: 'quiet' }),
    'alert.acknowledged': (told, { alertId }, { actor: acknowledgedBy }) =>
      told.is(alertId, { acknowledgedBy }),
  },
});

/** Incidents: which there are, and how far each is. Its title and severity follow from the gravest of its alerts. */
export const incidentStates = derive<{ readonly state: string }>({
  domain: 'incidents',
  tables: ['incidents'],
  stored: async function* (tx) {
    for await (const { id, state } of everyIncident(tx)) yield [id, { state }];
  },
  steps: {
    'incident.opened': (told, { incidentId }) => told.is(incidentId, { state: 'open' }),
    'incident.state-changed': (told, { incidentId, to }) => told.is(incidentId, { state: to }),
  },
});

interface NoteState {
  readonly incidentId: string;
  readonly by: string;
  readonly note: string;
}

/** Notes of incidents, and who wrote them. */
export const noteStates = derive<NoteState>({
  domain: 'incident notes',
  tables: ['incident_notes'],
  stored: async function* (tx) {
    for await (const { id, incident_id: incidentId, operator_id: by, note } of everyNote(tx))
      yield [id, { incidentId, by, note }];
  },
  steps: {
    'incident.noted': (told, { noteId, incidentId, note }, { actor: by }) =>
      told.is(noteId, { incidentId, note, by }),
  },
});
