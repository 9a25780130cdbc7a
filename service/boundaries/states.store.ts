import type { Tx } from '../db/database.ts';
import { EVERY_ROW_PAGE, everyRow } from '../db/every-row.ts';

const alertsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('alerts')
    .select(['id', 'incident_id', 'rule', 'subject', 'severity', 'threshold', 'state', 'acknowledged_by'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyAlert = (tx: Tx) => everyRow((after) => alertsAfter(tx, after));

const incidentsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('incidents')
    .select(['id', 'state'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyIncident = (tx: Tx) => everyRow((after) => incidentsAfter(tx, after));

const notesAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('incident_notes')
    .select(['id', 'incident_id', 'operator_id', 'note'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyNote = (tx: Tx) => everyRow((after) => notesAfter(tx, after));

const containmentsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('containments')
    .select(['id', 'kind', 'credential', 'reason', 'incident_id', 'operator_id'])
    .select(['finished_at', 'released_by', 'release_reason'])
    .select((eb) =>
      eb
        .selectFrom('containment_steps')
        .select((steps) => steps.fn.countAll<string>().as('n'))
        .whereRef('containment_id', '=', 'containments.id')
        .$asScalar()
        .$notNull()
        .as('steps'),
    )
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyContainment = (tx: Tx) => everyRow((after) => containmentsAfter(tx, after));

const ordersAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('break_glass_orders')
    .select(['id', 'file', 'prepared_by', 'until', 'runs', 'runs_used', 'revoked_by', 'revoked_reason'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyOrder = (tx: Tx) => everyRow((after) => ordersAfter(tx, after));

/** Orders run five times at most, and few are ever prepared. */
export const everyRun = (tx: Tx) =>
  tx.selectFrom('break_glass_runs').select(['order_id', 'subject']).execute();

const canariesAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('canaries')
    .select(['id', 'label', 'display_prefix', 'planted_by'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyCanary = (tx: Tx) => everyRow((after) => canariesAfter(tx, after));

const handoversAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('handovers')
    .select(['id', 'note', 'digest', 'given_by', 'taken_by'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyHandover = (tx: Tx) => everyRow((after) => handoversAfter(tx, after));

const webhooksAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('alert_webhooks')
    .select(['id', 'url', 'set_by', 'ended_by'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyWebhook = (tx: Tx) => everyRow((after) => webhooksAfter(tx, after));
