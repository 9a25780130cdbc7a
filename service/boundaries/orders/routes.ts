import { createHash } from 'node:crypto';
import { type OrderAct, renderOrder } from '../../../shared/boundaries/order.ts';
import { CODE_BYTES, codeOf, sealOf } from '../../../shared/boundaries/order-seal.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Tx } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../../identity/mutation.ts';
import { requireNamed } from '../../identity/named.ts';
import { findCredential } from '../stolen/store.ts';
import { orderIn, requireReasonableEnd, toOrder } from './rules.ts';
import { type RunDeps, runOrder } from './run.ts';
import { insertOrder, listOrders, lockOrder, markRevoked, readOrder, readServiceName } from './store.ts';

export interface OrderHandlerDeps extends RunDeps {
  readonly mutate: Mutate;
}

type OrderHandlers = Pick<Handlers, Extract<keyof Handlers, `orders.${string}`>>;
type Prepare = Parameters<OrderHandlers['orders.prepare']>[0]['body'];

const absent = (id: string) => new HttpError('not_found', `there is no order ${id}`);

/** @throws HttpError unless the body names one act, and a containment a credential that is there under that name */
async function actOf(tx: Tx, { does, kind, credentialId, name }: Prepare): Promise<OrderAct> {
  if (does === 'freeze') {
    if (kind === null && credentialId === null && name === null) return { does };
    throw new HttpError('bad_request', 'a freeze names no credential');
  }
  if (kind === null || credentialId === null || name === null)
    throw new HttpError('bad_request', 'name the credential to contain by kind, id and name');
  const credential = await findCredential(tx, kind, credentialId);
  if (!credential) throw new HttpError('not_found', `there is no ${kind} ${credentialId}`);
  requireNamed(credentialId, { name }, { name: credential.name });
  return { does, kind, credentialId, name };
}

/** An order is worth what the signature under it is. */
function signerOf({ principal }: RequestContext): { readonly id: string; readonly name: string } {
  if (principal.type === 'operator') return { id: principal.id, name: principal.name };
  throw new HttpError('signature_missing', 'an order that nobody signed could never be run');
}

async function serviceName(tx: Tx): Promise<string> {
  const name = await readServiceName(tx);
  if (name !== undefined) return name;
  const message = 'the log has not signed its first head yet, so this service has no name; try again shortly';
  throw new HttpError('unavailable', message, { retryAfterSeconds: 1 });
}

const prepare =
  ({ mutate, random }: OrderHandlerDeps): OrderHandlers['orders.prepare'] =>
  ({ body }, ctx) =>
    mutate('orders.prepare', ctx, async (tx, stage): Promise<Done<'orders.prepare'>> => {
      const at = ctx.now();
      const until = new Date(body.until);
      requireReasonableEnd(until, at);
      const preparedBy = signerOf(ctx);
      const act = await actOf(tx, body);
      const id = makeId('order', random(10), at.getTime());
      const code = codeOf(random(CODE_BYTES));
      const seal = sealOf(code, id);
      const file = renderOrder({
        ...{ id, service: await serviceName(tx), act, reason: body.reason, preparedBy, seal },
        ...{ preparedAt: at.toISOString(), until: until.toISOString(), runs: body.runs },
      });
      const row = { id, file, seal, prepared_at: at, prepared_by: preparedBy.id, until, runs: body.runs };
      await insertOrder(tx, row);
      const eventId = await stage('order.prepared', {
        ...{ orderId: id, does: body.does, credentialKind: body.kind, credentialId: body.credentialId },
        ...{ reason: body.reason, until: until.toISOString(), runs: body.runs },
        digest: createHash('sha256').update(file).digest('hex'),
      });
      const made = await readOrder(tx, id);
      if (!made) throw absent(id);
      return { subject: id, answer: { status: 201, body: { order: toOrder(made, at), code, eventId } } };
    });

const revoke =
  ({ mutate }: OrderHandlerDeps): OrderHandlers['orders.revoke'] =>
  ({ params: { id }, body: { title, reason } }, ctx) =>
    mutate('orders.revoke', ctx, async (tx, stage): Promise<Done<'orders.revoke'>> => {
      const at = ctx.now();
      const row = await lockOrder(tx, id);
      if (!row) throw absent(id);
      requireNamed(id, { title }, { title: toOrder(row, at).title });
      if (row.revoked_at) throw new HttpError('conflict', `${id} is revoked already`);
      await markRevoked(tx, id, { at, by: actorOf(ctx).id, reason });
      const eventId = await stage('order.revoked', { orderId: id, reason });
      const order = toOrder({ ...row, revoked_at: at }, at);
      return { subject: id, answer: { status: 200, body: { order, eventId } } };
    });

export const orderHandlers = (deps: OrderHandlerDeps): OrderHandlers => ({
  'orders.list': async ({ query: { limit } }, ctx) => {
    const now = ctx.now();
    const rows = await listOrders(deps.db.kysely, limit);
    return { status: 200, body: { orders: rows.map((row) => toOrder(row, now)) } };
  },
  'orders.prepare': prepare(deps),
  'orders.revoke': revoke(deps),
  'orders.run': async ({ body }, ctx) => {
    const { subject, runsLeft, eventId } = await runOrder(deps, body, ctx);
    const { id: orderId, act } = orderIn(body.order);
    return { status: 200, body: { orderId, did: act.does, subject, runsLeft, eventId } };
  },
});
