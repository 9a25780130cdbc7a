import type { Order } from '../../../shared/boundaries/order.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Actor } from '../../../shared/ledger/entry.ts';
import type { Tx } from '../../db/database.ts';
import { isRefusedBy } from '../../db/database-error.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Commit, Stage } from '../../identity/mutation.ts';
import { type PlaceDeps, placeContainment } from '../containment/place.ts';
import { findCredential } from '../stolen/store.ts';
import { containableOf, isSealedBy, type OrderRow, orderIn, whyRefused } from './rules.ts';
import { countRefusal, hasRun, insertRun, lockOrder, readServiceName } from './store.ts';

export interface RunDeps extends PlaceDeps {
  readonly commit: Commit;
  /** The freeze belongs to the treasury. @returns whether spending is stopped already */
  isFrozen(tx: Tx): Promise<boolean>;
  freeze(
    tx: Tx,
    freeze: { readonly id: string; readonly at: Date; readonly by: string; readonly reason: string },
  ): Promise<unknown>;
}

type Body = Parameters<Handlers['orders.run']>[0]['body'];

type Outcome =
  | { readonly refused: HttpError }
  | { readonly subject: string; readonly runsLeft: number; readonly eventId: string };

/** Refusals of one order that the ledger tells one by one; beyond them they are counted on its row. */
const TOLD_REFUSALS = 20;
/** Nobody knows who holds the envelope. */
const HOLDER: Actor = { type: 'stranger', id: 'order-holder', name: null };

const invalid = (message: string) => ({ refused: new HttpError('order_invalid', message) });

async function refuse(tx: Tx, stage: Stage, row: OrderRow, because: string): Promise<Outcome> {
  await countRefusal(tx, row.id);
  if (row.refused < TOLD_REFUSALS) await stage('order.refused', { orderId: row.id, because }, HOLDER);
  return { refused: new HttpError('order_refused', `${because}; nothing was done`) };
}

/** What an order does is done in the name of whoever signed it, and says by which order. */
const signerOf = ({ id, preparedBy }: Order): Actor => ({
  type: 'operator',
  id: preparedBy.id,
  name: `${preparedBy.name} by order ${id}`,
});

type Carried = { readonly subject: string } | { readonly because: string };

/** Exactly what the order names. */
async function carryOut(tx: Tx, deps: RunDeps, order: Order, stage: Stage): Promise<Carried> {
  const by = signerOf(order);
  const at = deps.now();
  const { act, reason } = order;
  if (act.does === 'contain') {
    const kind = containableOf(act.kind);
    const credential = await findCredential(tx, kind, act.credentialId);
    if (!credential) return { because: 'there is no such credential any more' };
    const { row } = await placeContainment(
      tx,
      deps,
      { kind, credential, reason, incidentId: null, by, at },
      stage,
    );
    return { subject: row.id };
  }
  if (await deps.isFrozen(tx)) return { because: 'spending is stopped already' };
  const id = makeId('freeze', deps.random(10), at.getTime());
  await deps.freeze(tx, { id, at, by: by.id, reason });
  await stage('spending.frozen', { freezeId: id, reason }, by);
  return { subject: id };
}

/** One run in one transaction: the row is locked, so of two instances one runs it and the other finds it used. */
async function runOnce(tx: Tx, stage: Stage, deps: RunDeps, body: Body): Promise<Outcome> {
  const presented = orderIn(body.order);
  const service = await readServiceName(tx);
  const row = await lockOrder(tx, presented.id);
  if (!row || service === undefined)
    return invalid(
      presented.service === service
        ? 'this service has never prepared this order'
        : 'this is another service’s order; run it there',
    );
  if (!isSealedBy(row.seal, body, body.signature)) return invalid('this is not the code of this order');
  const repeated = await hasRun(tx, row.id, body.nonce);
  const because = whyRefused(row, { request: body, service, now: deps.now(), repeated });
  if (because !== null) return refuse(tx, stage, row, because);
  const carried = await carryOut(tx, deps, presented, stage);
  if ('because' in carried) return refuse(tx, stage, row, carried.because);
  await insertRun(tx, { orderId: row.id, nonce: body.nonce, at: deps.now(), subject: carried.subject });
  const runsLeft = row.runs - row.runs_used - 1;
  const told = { orderId: row.id, does: presented.act.does, runsLeft, preparedBy: row.prepared_by };
  const eventId = await stage('order.ran', { ...told, subject: carried.subject }, HOLDER);
  return { subject: carried.subject, runsLeft, eventId };
}

/** Another order, or an operator, stopped spending between our look and our act: the second look sees it. */
const raced = (error: unknown): boolean => isRefusedBy(error, 'spending_freezes_one_at_a_time');

/** @throws HttpError `order_invalid` | `order_refused`, once what was refused is in the ledger */
export async function runOrder(deps: RunDeps, body: Body, ctx: RequestContext) {
  const attempt = () => deps.commit(ctx, (tx, stage) => runOnce(tx, stage, deps, body));
  const outcome = await attempt().catch((error: unknown) => {
    if (!raced(error)) throw error;
    return attempt();
  });
  if ('refused' in outcome) throw outcome.refused;
  return outcome;
}
