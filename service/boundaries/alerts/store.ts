import { sql } from 'kysely';
import type { Database, Tx } from '../../db/database.ts';
import type { ReadEntry } from './rules.ts';

export type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  ...([
    'id',
    'incident_id',
    'rule',
    'subject',
    'severity',
    'state',
    'value',
    'threshold',
    'occurrences',
  ] as const),
  ...(['first_at', 'last_at', 'quiet_at', 'evidence', 'acknowledged_at', 'acknowledged_by'] as const),
];

/**
 * How far the rules have read, locked: whoever else asks meanwhile is told null and comes back later. So of many instances one
 * reads at a time, and which one does not matter.
 */
export async function lockCursor(tx: Tx): Promise<number | null> {
  const locked = () =>
    tx.selectFrom('alert_cursor').select('next_number').forUpdate().skipLocked().executeTakeFirst();
  const row = await locked();
  if (row) return Number(row.next_number);
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('alert_cursor')
    .values({ one_row: true })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n ? 0 : null;
}

export const moveCursor = (tx: Tx, next: number): Promise<unknown> =>
  tx.updateTable('alert_cursor').set({ next_number: next }).execute();

export async function headSize(db: Reader): Promise<number> {
  const row = await db.selectFrom('ledger_head').select('size').executeTakeFirst();
  return Number(row?.size ?? 0);
}

const entryColumns = ['kind', 'at', 'agent', 'actor_id', 'data', 'number'] as const;

interface EntryRow {
  readonly kind: string;
  readonly at: Date;
  readonly agent: string | null;
  readonly actor_id: string;
  readonly data: string;
  readonly number: string;
}

const toEntry = (row: EntryRow): ReadEntry => ({
  kind: row.kind,
  at: row.at.toISOString(),
  agent: row.agent,
  actor: { id: row.actor_id },
  data: JSON.parse(row.data),
  number: Number(row.number),
});

/** Entries of these kinds between two numbers, the second excluded, in order. */
export async function readEntries(
  db: Reader,
  range: { readonly from: number; readonly until: number; readonly kinds: readonly string[] },
): Promise<ReadEntry[]> {
  const rows = await db
    .selectFrom('ledger_entries')
    .select(entryColumns)
    .where('number', '>=', String(range.from))
    .where('number', '<', String(range.until))
    .where('kind', 'in', [...range.kinds])
    .orderBy('number')
    .execute();
  return rows.map(toEntry);
}

export async function readNumbered(db: Reader, numbers: readonly number[]): Promise<ReadEntry[]> {
  if (numbers.length === 0) return [];
  const rows = await db
    .selectFrom('ledger_entries')
    .select(entryColumns)
    .where('number', 'in', numbers.map(String))
    .execute();
  return rows.map(toEntry);
}

/** Entries of these kinds in a period, oldest first. */
export async function readPeriod(
  db: Reader,
  period: {
    readonly from: Date;
    readonly to: Date;
    readonly kinds: readonly string[];
    readonly after: number;
    readonly limit: number;
  },
): Promise<ReadEntry[]> {
  const rows = await db
    .selectFrom('ledger_entries')
    .select(entryColumns)
    .where('number', '>', String(period.after))
    .where('kind', 'in', [...period.kinds])
    .where('at', '>=', period.from)
    .where('at', '<=', period.to)
    .orderBy('number')
    .limit(period.limit)
    .execute();
  return rows.map(toEntry);
}

export interface AlertRow {
  readonly id: string;
  readonly incident_id: string;
  readonly rule: string;
  readonly subject: string;
  readonly severity: number;
  readonly state: 'firing' | 'quiet';
  readonly value: string;
  readonly threshold: string;
  readonly occurrences: string;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly quiet_at: Date | null;
  readonly evidence: string[];
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
}

/** All that ring now. */
export const readFiring = (tx: Tx): Promise<AlertRow[]> =>
  tx.selectFrom('alerts').select(columns).where('state', '=', 'firing').execute();

export const lockAlert = (tx: Tx, id: string): Promise<AlertRow | undefined> =>
  tx.selectFrom('alerts').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();

export interface NewAlert {
  readonly id: string;
  readonly incidentId: string;
  readonly rule: string;
  readonly subject: string;
  readonly severity: number;
  readonly value: bigint;
  readonly threshold: bigint;
  readonly occurrences: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly evidence: readonly number[];
}

export const insertAlert = (tx: Tx, alert: NewAlert): Promise<AlertRow> =>
  tx
    .insertInto('alerts')
    .values({
      id: alert.id,
      incident_id: alert.incidentId,
      rule: alert.rule,
      subject: alert.subject,
      severity: alert.severity,
      value: alert.value,
      threshold: alert.threshold,
      occurrences: alert.occurrences,
      first_at: alert.firstAt,
      last_at: alert.lastAt,
      evidence: [...alert.evidence],
    })
    .returning(columns)
    .executeTakeFirstOrThrow();

/** Entries that an alert names; there may be millions behind it. */
const EVIDENCE = 100;

/** It has happened again: whoever acknowledged it has not seen this. @returns the row as it is now */
export const repeatAlert = (
  tx: Tx,
  id: string,
  more: {
    readonly occurrences: number;
    readonly value: bigint;
    readonly lastAt: Date;
    readonly evidence: readonly number[];
  },
): Promise<AlertRow> =>
  tx
    .updateTable('alerts')
    .set({
      occurrences: sql<number>`occurrences + ${more.occurrences}`,
      value: sql<bigint>`greatest(value, ${more.value}::bigint)`,
      last_at: sql<Date>`greatest(last_at, ${more.lastAt}::timestamptz)`,
      evidence: sql<number[]>`(evidence || ${[...more.evidence]}::bigint[])[1:${sql.lit(EVIDENCE)}]`,
      acknowledged_at: null,
      acknowledged_by: null,
    })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

export const quietAlert = (tx: Tx, id: string, at: Date): Promise<unknown> =>
  tx.updateTable('alerts').set({ state: 'quiet', quiet_at: at }).where('id', '=', id).execute();

export const acknowledgeAlert = (tx: Tx, id: string, at: Date, by: string): Promise<AlertRow> =>
  tx
    .updateTable('alerts')
    .set({ acknowledged_at: at, acknowledged_by: by })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

export function listAlerts(
  db: Reader,
  page: {
    readonly state?: 'firing' | 'quiet' | undefined;
    readonly before?: string | undefined;
    readonly incident?: string;
    readonly limit: number;
  },
): Promise<AlertRow[]> {
  let query = db.selectFrom('alerts').select(columns).orderBy('id', 'desc').limit(page.limit);
  if (page.state !== undefined) query = query.where('state', '=', page.state);
  if (page.before !== undefined) query = query.where('id', '<', page.before);
  if (page.incident !== undefined) query = query.where('incident_id', '=', page.incident);
  return query.execute();
}

/** How long the oldest entry has waited for its number, in milliseconds. */
export async function oldestPendingMs(db: Reader, now: Date): Promise<number> {
  const row = await db
    .selectFrom('ledger_staged')
    .select((eb) => eb.fn.min('at').as('at'))
    .executeTakeFirst();
  return row?.at ? Math.max(0, now.getTime() - row.at.getTime()) : 0;
}
