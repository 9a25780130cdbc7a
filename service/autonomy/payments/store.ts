import type { PaymentState } from '../../../shared/http/autonomy.ts';
import type { Database, Tx } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

export interface PaymentRow {
  readonly id: string;
  readonly task_id: string;
  readonly session_id: string;
  readonly state: PaymentState;
  readonly host: string;
  readonly network: string;
  readonly asset: string;
  readonly decimals: number;
  readonly amount: string;
  readonly payer: string;
  readonly pay_to: string;
  readonly last_valid_height: string;
  readonly signature: string | null;
  readonly transaction: string | null;
  readonly claimed: string | null;
  readonly disputed: boolean;
  readonly delivered: boolean;
  readonly ended_reason: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

const columns = [
  ...(['id', 'task_id', 'session_id', 'state', 'host', 'network', 'asset', 'decimals', 'amount'] as const),
  ...(['payer', 'pay_to', 'last_valid_height', 'signature', 'transaction', 'claimed', 'disputed'] as const),
  ...(['delivered', 'ended_reason', 'created_at', 'ended_at'] as const),
] as const;

/** Payments that are looked up at the node in one go. */
const BATCH = 50;

export interface NewPayment {
  readonly id: string;
  readonly taskId: string;
  readonly sessionId: string;
  readonly host: string;
  readonly network: string;
  readonly asset: string;
  readonly decimals: number;
  readonly amount: bigint;
  readonly payer: string;
  readonly payTo: string;
  readonly feePayer: string;
  readonly lastValidHeight: number;
  readonly at: Date;
}

/** @throws DatabaseError `constraint` payer_payments_one_open_per_task while the outcome of another is unknown */
export async function insertPayment(tx: Tx, payment: NewPayment): Promise<void> {
  await tx
    .insertInto('payer_payments')
    .values({
      ...{ id: payment.id, task_id: payment.taskId, session_id: payment.sessionId, host: payment.host },
      ...{ network: payment.network, asset: payment.asset, decimals: payment.decimals },
      ...{ amount: payment.amount, payer: payment.payer, pay_to: payment.payTo },
      ...{ fee_payer: payment.feePayer, last_valid_height: BigInt(payment.lastValidHeight) },
      created_at: payment.at,
    })
    .execute();
}

/** What was intended or paid of an asset since an instant. */
export async function spentSince(db: Reader, asset: string, since: Date): Promise<bigint> {
  const row = await db
    .selectFrom('payer_payments')
    .select((eb) => eb.fn.sum<string | null>('amount').as('sum'))
    .where('asset', '=', asset)
    .where('created_at', '>=', since)
    .where('state', '<>', 'VOID')
    .executeTakeFirst();
  return BigInt(row?.sum ?? 0);
}

/** The payment of the task whose outcome is not known yet. */
export const openPayment = (db: Reader, taskId: string): Promise<PaymentRow | undefined> =>
  db
    .selectFrom('payer_payments')
    .select(columns)
    .where('task_id', '=', taskId)
    .where('state', 'in', ['INTENDED', 'SIGNED'])
    .executeTakeFirst();

/** The newest settled payment since an instant whose resource never came. */
export const undeliveredSince = (db: Reader, taskId: string, since: Date): Promise<PaymentRow | undefined> =>
  db
    .selectFrom('payer_payments')
    .select(columns)
    .where('task_id', '=', taskId)
    .where('created_at', '>=', since)
    .where('state', '=', 'SETTLED')
    .where('delivered', '=', false)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();

/** Payments that may have been made, oldest first. */
export const signedPayments = (db: Reader): Promise<PaymentRow[]> =>
  db
    .selectFrom('payer_payments')
    .select(columns)
    .where('state', '=', 'SIGNED')
    .orderBy('id')
    .limit(BATCH)
    .execute();

/** Payments that were written down and never signed, although nobody runs their task any more. */
export const abandonedPayments = (db: Reader, now: Date): Promise<PaymentRow[]> =>
  db
    .selectFrom('payer_payments as p')
    .innerJoin('payer_tasks as t', 't.id', 'p.task_id')
    .select(columns.map((name) => `p.${name}` as const))
    .where('p.state', '=', 'INTENDED')
    .where((eb) => eb.or([eb('t.lease_expires_at', 'is', null), eb('t.lease_expires_at', '<=', now)]))
    .limit(BATCH)
    .execute();

export function listPayments(db: Reader, limit: number, before: string | undefined): Promise<PaymentRow[]> {
  const all = db.selectFrom('payer_payments').select(columns).orderBy('id', 'desc').limit(limit);
  return (before === undefined ? all : all.where('id', '<', before)).execute();
}

/** A page of what is read to its end. */
const PAGE = 2000;

/** All payments, a page at a time: no statement grows with them. */
export async function* readPayments(tx: Tx): AsyncGenerator<PaymentRow> {
  for (let before: string | undefined; ; ) {
    const rows = await listPayments(tx, PAGE, before);
    yield* rows;
    if (rows.length < PAGE) return;
    before = rows.at(-1)?.id;
  }
}

interface PaymentChange {
  readonly state?: PaymentState;
  readonly signature?: string;
  readonly transaction?: string;
  readonly claimed?: string;
  readonly disputed?: true;
  readonly delivered?: true;
  readonly ended_reason?: string;
  readonly ended_at?: Date;
}

/** Changes the payment while it is in one of the states. @returns false when somebody decided it before */
export async function changePayment(
  tx: Tx,
  id: string,
  from: readonly PaymentState[],
  change: PaymentChange,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('payer_payments')
    .set({ ...change })
    .where('id', '=', id)
    .where('state', 'in', [...from])
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
