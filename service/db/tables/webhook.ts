import type { ColumnType, Generated } from 'kysely';
import type { DELIVERY_ERRORS, DELIVERY_STATES } from '../../../shared/http/webhook.ts';

/** Written once. */
type Fixed<T> = ColumnType<T, T, never>;
/** Absent at first. */
type Later<T> = ColumnType<T | null, undefined, T | null>;

export interface AlertWebhooksTable {
  id: Fixed<string>;
  url: Fixed<string>;
  set_at: Fixed<Date>;
  set_by: Fixed<string>;
  failures: Generated<number>;
  failing_since: Later<Date>;
  last_delivered_at: Later<Date>;
  ended_at: Later<Date>;
  ended_by: Later<string>;
}

type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface AlertDeliveriesTable {
  event_id: Fixed<string>;
  kind: Fixed<string>;
  at: Fixed<Date>;
  body: Fixed<string>;
  state: ColumnType<DeliveryState, undefined, DeliveryState>;
  attempts: Generated<number>;
  due_at: Date;
  fence: Generated<number>;
  error: Later<(typeof DELIVERY_ERRORS)[number]>;
  status: Later<number>;
  done_at: Later<Date>;
}

export interface WebhookTables {
  alert_webhooks: AlertWebhooksTable;
  alert_deliveries: AlertDeliveriesTable;
}
