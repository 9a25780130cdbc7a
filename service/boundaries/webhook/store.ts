import { sql } from 'kysely';
import type { Database, Tx } from '../../db/database.ts';
import type { DeliveryError, DeliveryRow, WebhookRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const webhookColumns = [
  ...(['id', 'url', 'set_at', 'set_by', 'failures', 'failing_since', 'last_delivered_at'] as const),
];
const deliveryColumns = [
  ...(['event_id', 'kind', 'at', 'state', 'attempts', 'due_at', 'error', 'status', 'done_at'] as const),
];

const current = (db: Reader) =>
  db.selectFrom('alert_webhooks').select(webhookColumns).where('ended_at', 'is', null);

export const readWebhook = (db: Reader): Promise<WebhookRow | undefined> => current(db).executeTakeFirst();

export const lockWebhook = (tx: Tx): Promise<WebhookRow | undefined> =>
  current(tx).forUpdate().executeTakeFirst();

export const insertWebhook = (
  tx: Tx,
  row: Pick<WebhookRow, 'id' | 'url' | 'set_at' | 'set_by'>,
): Promise<WebhookRow> =>
  tx.insertInto('alert_webhooks').values(row).returning(webhookColumns).executeTakeFirstOrThrow();

export const endWebhook = (tx: Tx, id: string, at: Date, by: string): Promise<unknown> =>
  tx.updateTable('alert_webhooks').set({ ended_at: at, ended_by: by }).where('id', '=', id).execute();

/** One more call failed. @returns the row as it is now; nothing when another webhook stands in its place */
export const countFailure = (tx: Tx, id: string): Promise<WebhookRow | undefined> =>
  tx
    .updateTable('alert_webhooks')
    .set({ failures: sql<number>`failures + 1` })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning(webhookColumns)
    .executeTakeFirst();

export const markFailing = (tx: Tx, id: string, at: Date): Promise<unknown> =>
  tx.updateTable('alert_webhooks').set({ failing_since: at }).where('id', '=', id).execute();

export const markWorking = (tx: Tx, id: string, at: Date): Promise<unknown> =>
  tx
    .updateTable('alert_webhooks')
    .set({ failures: 0, failing_since: null, last_delivered_at: at })
    .where('id', '=', id)
    .execute();

export interface NewDelivery {
  readonly event_id: string;
  readonly kind: string;
  readonly at: Date;
  readonly body: string;
}

/** Puts messages into the outbox, unless there is nobody to tell. */
export async function insertDeliveries(tx: Tx, rows: readonly NewDelivery[]): Promise<void> {
  if (rows.length === 0 || (await readWebhook(tx)) === undefined) return;
  await tx
    .insertInto('alert_deliveries')
    .values(rows.map((row) => ({ ...row, due_at: row.at })))
    .execute();
}

export interface Claimed {
  readonly event_id: string;
  readonly body: string;
  /** This one included. */
  readonly attempts: number;
  /** Of whoever took it; the next one has another. */
  readonly fence: number;
}

/** Takes messages that are due, each for one instance until the lease ends. */
export const claimDeliveries = (
  db: Reader,
  { now, until, limit }: { readonly now: Date; readonly until: Date; readonly limit: number },
): Promise<Claimed[]> =>
  db
    .updateTable('alert_deliveries')
    .set({ attempts: sql<number>`attempts + 1`, fence: sql<number>`fence + 1`, due_at: until })
    .where('event_id', 'in', (free) =>
      free
        .selectFrom('alert_deliveries')
        .select('event_id')
        .where('state', '=', 'pending')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('event_id')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['event_id', 'body', 'attempts', 'fence'])
    .execute();

export type Written =
  | { readonly state: 'delivered'; readonly status: number; readonly at: Date }
  | {
      readonly state: 'pending' | 'dead';
      readonly error: DeliveryError;
      readonly status: number | null;
      readonly at: Date;
      readonly dueAt: Date;
    };

/** @returns false when somebody else has taken it since */
export async function writeOutcome(tx: Tx, { event_id, fence }: Claimed, to: Written): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('alert_deliveries')
    .set({
      ...{ state: to.state, status: to.status, done_at: to.state === 'pending' ? null : to.at },
      ...(to.state === 'delivered' ? { error: null } : { error: to.error, due_at: to.dueAt }),
    })
    .where('event_id', '=', event_id)
    .where('fence', '=', fence)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Everything that waits, or was given up, is told to nobody. @returns how many */
export async function dropWaiting(db: Reader, at: Date): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('alert_deliveries')
    .set({ state: 'dropped', done_at: at })
    .where('state', 'in', ['pending', 'dead'])
    .where((is) =>
      is.not(is.exists(is.selectFrom('alert_webhooks').select('id').where('ended_at', 'is', null))),
    )
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** What waits goes to a new address at once, what was given up again. @returns how many */
export async function retryDeliveries(
  tx: Tx,
  states: readonly ('pending' | 'dead')[],
  at: Date,
): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('alert_deliveries')
    .set({ state: 'pending', attempts: 0, due_at: at, done_at: null })
    .where('state', 'in', [...states])
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Newest first. */
export const listDeliveries = (db: Reader, limit: number): Promise<DeliveryRow[]> =>
  db
    .selectFrom('alert_deliveries')
    .select(deliveryColumns)
    .orderBy('event_id', 'desc')
    .limit(limit)
    .execute();

export async function countWaiting(db: Reader) {
  const row = await db
    .selectFrom('alert_deliveries')
    .select((eb) => {
      const all = eb.fn.countAll<string>();
      return [
        all.filterWhere('state', '=', 'pending').as('backlog'),
        all.filterWhere('state', '=', 'dead').as('dead'),
        eb.fn.min('at').filterWhere('state', '=', 'pending').as('oldest'),
      ];
    })
    .where('state', 'in', ['pending', 'dead'])
    .executeTakeFirstOrThrow();
  return { backlog: Number(row.backlog), dead: Number(row.dead), oldest: row.oldest as Date | null };
}

/** The outbox as it stands, and how the webhook does that is set now. */
export async function readOutbox(db: Reader, now: Date) {
  const [{ backlog, dead, oldest }, webhook] = await Promise.all([countWaiting(db), readWebhook(db)]);
  const oldestMs = oldest ? Math.max(0, now.getTime() - oldest.getTime()) : 0;
  return { backlog, dead, oldestMs, failing: webhook ? webhook.failing_since !== null : null };
}

/** Forgets what was told long ago; what was given up is kept longer, for somebody to try again. */
export const forgetDeliveries = (
  db: Reader,
  before: { readonly done: Date; readonly dead: Date },
): Promise<unknown> =>
  db
    .deleteFrom('alert_deliveries')
    .where((is) =>
      is.or([
        is.and([is('state', 'in', ['delivered', 'dropped']), is('done_at', '<', before.done)]),
        is.and([is('state', '=', 'dead'), is('done_at', '<', before.dead)]),
      ]),
    )
    .execute();
