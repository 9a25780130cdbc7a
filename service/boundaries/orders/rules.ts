import { verify } from 'node:crypto';
import { type Order, type OrderAct, OrderError, parseOrder } from '../../../shared/boundaries/order.ts';
import { type RunRequest, runMessage } from '../../../shared/boundaries/order-seal.ts';
import { CONTAINABLE, type ContainableKind } from '../../../shared/http/containment.ts';
import { type BreakGlassOrder, ORDER_DAYS, type OrderState } from '../../../shared/http/orders.ts';
import { MAX_SKEW_SECONDS } from '../../../shared/http/signature.ts';
import { HttpError } from '../../gate/http-error.ts';
import { importPublicKey } from '../../identity/public-key.ts';

export interface OrderRow {
  readonly id: string;
  readonly file: string;
  readonly seal: string;
  readonly prepared_at: Date;
  readonly prepared_by: string;
  readonly until: Date;
  readonly runs: number;
  readonly runs_used: number;
  readonly refused: number;
  readonly last_run_at: Date | null;
  readonly revoked_at: Date | null;
  /** Role of the operator who signed it; null once that operator is revoked. */
  readonly signer_role: string | null;
}

const DAY_MS = 86_400_000;
/** Whoever may not order it today cannot have it done by an envelope either. */
const SIGNERS: readonly (string | null)[] = ['responder', 'administrator'];

const isContainable = (kind: string): kind is ContainableKind =>
  (CONTAINABLE as readonly string[]).includes(kind);

export const containableOf = (kind: string): ContainableKind => {
  if (!isContainable(kind)) throw new HttpError('order_invalid', `no route contains a ${kind}`);
  return kind;
};

const titleOf = (act: OrderAct): string =>
  act.does === 'freeze' ? 'Stop all spending' : `Contain ${act.kind} ${act.name}`;

export function stateOf(row: OrderRow, now: Date): OrderState {
  if (row.revoked_at) return 'revoked';
  if (row.runs_used >= row.runs) return 'used';
  if (now >= row.until) return 'expired';
  return SIGNERS.includes(row.signer_role) ? 'ready' : 'void';
}

export function toOrder(row: OrderRow, now: Date): BreakGlassOrder {
  const { act, reason, preparedBy } = parseOrder(row.file);
  const contains = act.does === 'contain';
  return {
    ...{ id: row.id, title: titleOf(act), does: act.does, reason, state: stateOf(row, now) },
    kind: contains ? containableOf(act.kind) : null,
    credentialId: contains ? act.credentialId : null,
    ...{ preparedAt: row.prepared_at.toISOString(), preparedBy: preparedBy.id },
    ...{ preparedByName: preparedBy.name, until: row.until.toISOString() },
    ...{ runs: row.runs, runsUsed: row.runs_used, refused: row.refused, file: row.file },
    lastRunAt: row.last_run_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}

/** @throws HttpError `bad_request` */
export function requireReasonableEnd(until: Date, now: Date): void {
  const days = (until.getTime() - now.getTime()) / DAY_MS;
  if (days > 0 && days <= ORDER_DAYS) return;
  throw new HttpError('bad_request', `an order ends in the future, at most ${ORDER_DAYS} days from now`);
}

/** @throws HttpError `order_invalid` for what is no order, before anything is looked up */
export function orderIn(file: string): Order {
  try {
    return parseOrder(file);
  } catch (cause) {
    if (!(cause instanceof OrderError)) throw cause;
    throw new HttpError('order_invalid', cause.message, { cause });
  }
}

/** Whether the key of the order's code signed this request. */
export const isSealedBy = (seal: string, request: RunRequest, signature: string): boolean =>
  verify(null, runMessage(request), importPublicKey(seal), Buffer.from(signature, 'base64url'));

const ENDED: Readonly<Record<Exclude<OrderState, 'ready'>, string>> = {
  revoked: 'this order was revoked',
  used: 'this order has been run as often as it allows',
  expired: 'this order has expired',
  void: 'whoever signed this order may order no such thing any more',
};

export interface Presented {
  readonly request: RunRequest;
  /** Name of this service's log. */
  readonly service: string;
  readonly now: Date;
  /** Whether this very request has been carried out. */
  readonly repeated: boolean;
}

/** Why an order is not run although its holder has its code; null: it is run. */
export function whyRefused(row: OrderRow, { request, service, now, repeated }: Presented): string | null {
  if (request.order !== row.file) return 'its file was altered';
  if (parseOrder(row.file).service !== service) return 'it is another service’s order';
  if (repeated) return 'this very request was carried out before';
  const state = stateOf(row, now);
  if (state !== 'ready') return ENDED[state];
  const skewMs = Math.abs(Date.parse(request.at) - now.getTime());
  if (skewMs > MAX_SKEW_SECONDS * 1_000)
    return 'the clock of whoever runs it is wrong, or the request is an old one';
  return null;
}
