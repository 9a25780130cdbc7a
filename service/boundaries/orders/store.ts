import { sql } from 'kysely';
import type { Database, Tx } from '../../db/database.ts';
import { logName } from '../../ledger/integrator/ledger-keys.ts';
import type { OrderRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  ...([
    'o.id',
    'o.file',
    'o.seal',
    'o.prepared_at',
    'o.prepared_by',
    'o.until',
    'o.runs',
    'o.runs_used',
  ] as const),
  ...(['o.refused', 'o.last_run_at', 'o.revoked_at', 'p.role as signer_role'] as const),
];

const orders = (db: Reader) =>
  db
    .selectFrom('break_glass_orders as o')
    .leftJoin('operators as p', (join) =>
      join.onRef('p.id', '=', 'o.prepared_by').on('p.revoked_at', 'is', null),
    )
    .select(columns);

export const listOrders = (db: Reader, limit: number): Promise<OrderRow[]> =>
  orders(db).orderBy('o.id', 'desc').limit(limit).execute();

export const readOrder = (db: Reader, id: string): Promise<OrderRow | undefined> =>
  orders(db).where('o.id', '=', id).executeTakeFirst();

/** Locked until the transaction ends: whoever runs it a second time meanwhile waits, and finds it used. */
export async function lockOrder(tx: Tx, id: string): Promise<OrderRow | undefined> {
  await tx.selectFrom('break_glass_orders').select('id').where('id', '=', id).forUpdate().execute();
  // A statement of its own: its snapshot is younger than the lock.
  return readOrder(tx, id);
}

export const insertOrder = (
  tx: Tx,
  row: Pick<OrderRow, 'id' | 'file' | 'seal' | 'prepared_at' | 'prepared_by' | 'until' | 'runs'>,
): Promise<unknown> => tx.insertInto('break_glass_orders').values(row).execute();

export const markRevoked = (
  tx: Tx,
  id: string,
  how: { readonly at: Date; readonly by: string; readonly reason: string },
): Promise<unknown> =>
  tx
    .updateTable('break_glass_orders')
    .set({ revoked_at: how.at, revoked_by: how.by, revoked_reason: how.reason })
    .where('id', '=', id)
    .execute();

export const countRefusal = (tx: Tx, id: string): Promise<unknown> =>
  tx
    .updateTable('break_glass_orders')
    .set({ refused: sql<number>`refused + 1` })
    .where('id', '=', id)
    .execute();

export async function hasRun(tx: Tx, orderId: string, nonce: string): Promise<boolean> {
  const found = await tx
    .selectFrom('break_glass_runs')
    .select('nonce')
    .where('order_id', '=', orderId)
    .where('nonce', '=', nonce)
    .executeTakeFirst();
  return found !== undefined;
}

export async function insertRun(
  tx: Tx,
  run: { readonly orderId: string; readonly nonce: string; readonly at: Date; readonly subject: string },
): Promise<void> {
  const { orderId, ...rest } = run;
  await tx
    .insertInto('break_glass_runs')
    .values({ order_id: orderId, ...rest })
    .execute();
  await tx
    .updateTable('break_glass_orders')
    .set({ runs_used: sql<number>`runs_used + 1`, last_run_at: run.at })
    .where('id', '=', orderId)
    .execute();
}

/** The name that this service's log has for ever; undefined until its first head is signed. */
export async function readServiceName(db: Reader): Promise<string | undefined> {
  const first = await db
    .selectFrom('ledger_keys')
    .select('public_key')
    .orderBy('version')
    .limit(1)
    .executeTakeFirst();
  return first && logName(first.public_key);
}
