import type { Database, Tx } from '../../db/database.ts';
import { type Breaker, newBreaker } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

export interface Control {
  readonly paused: boolean;
  readonly cause: string | null;
  readonly reason: string | null;
  readonly changed_at: Date | null;
  readonly changed_by: string | null;
}

const columns = ['paused', 'cause', 'reason', 'changed_at', 'changed_by'] as const;

export const readControl = (db: Reader): Promise<Control> =>
  db.selectFrom('payer_control').select(columns).executeTakeFirstOrThrow();

/** The one row, or what somebody has left of it. */
export const everyControl = (tx: Tx): Promise<Control[]> =>
  tx.selectFrom('payer_control').select(columns).execute();

/** Held until the transaction ends: a pause and a payment that is being intended follow each other. */
export const lockControl = (tx: Tx): Promise<Control> =>
  tx.selectFrom('payer_control').select(columns).forUpdate().executeTakeFirstOrThrow();

export interface ControlChange {
  readonly pause: { readonly cause: string; readonly reason: string } | null;
  readonly at: Date;
  readonly by: string;
}

export async function writeControl(tx: Tx, { pause, at, by }: ControlChange): Promise<void> {
  await tx
    .updateTable('payer_control')
    .set({
      ...{ paused: pause !== null, cause: pause?.cause ?? null, reason: pause?.reason ?? null },
      ...{ changed_at: at, changed_by: by },
    })
    .execute();
}

interface BreakerRow {
  readonly target: string;
  readonly state: Breaker['state'];
  readonly failures: number;
  readonly since: Date;
  readonly retry_at: Date | null;
  readonly wait_seconds: number;
}

export type NamedBreaker = Breaker & { readonly target: string };

const toBreaker = ({ retry_at, wait_seconds, ...row }: BreakerRow): NamedBreaker => ({
  ...row,
  retryAt: retry_at,
  waitSeconds: wait_seconds,
});

export async function readBreakers(db: Reader): Promise<NamedBreaker[]> {
  const rows = await db.selectFrom('payer_breakers').selectAll().orderBy('target').execute();
  return rows.map(toBreaker);
}

const valuesOf = ({ state, failures, since, retryAt, waitSeconds }: Breaker) => ({
  ...{ state, failures, since, retry_at: retryAt, wait_seconds: waitSeconds },
});

/** The breaker of a target, made when there is none, and held until the transaction ends. */
export async function lockBreaker(tx: Tx, target: string, now: Date): Promise<Breaker> {
  await tx
    .insertInto('payer_breakers')
    .values({ target, ...valuesOf(newBreaker(now)) })
    .onConflict((oc) => oc.column('target').doNothing())
    .execute();
  const row = await tx
    .selectFrom('payer_breakers')
    .selectAll()
    .where('target', '=', target)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return toBreaker(row);
}

export async function writeBreaker(tx: Tx, target: string, breaker: Breaker): Promise<void> {
  await tx.updateTable('payer_breakers').set(valuesOf(breaker)).where('target', '=', target).execute();
}
