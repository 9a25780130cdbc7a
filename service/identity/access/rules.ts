import { createHash } from 'node:crypto';
import { ACCESS_REVIEW_DAYS, type AccessReview, type AccessRow } from '../../../shared/http/access-review.ts';
import { type Authority, authorityOf, usesOf } from '../../../shared/http/authority.ts';
import type { OperatorRole } from '../../../shared/http/route.ts';
import type { EventKind } from '../../../shared/ledger/events.ts';
import type { ReviewRow } from './store.ts';

/** Of the text of the rows that are reviewed: what is signed. */
export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Somebody who has authority now. */
export interface Holder {
  readonly id: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly key_id: string;
  readonly enrolled_at: Date;
}

export interface LastAct {
  readonly operatorId: string;
  readonly kind: EventKind;
  readonly at: Date;
}

export interface RoleChange {
  readonly operatorId: string;
  readonly at: Date;
}

const latest = (times: readonly Date[]): Date | null =>
  times.reduce<Date | null>((last, at) => (last === null || at > last ? at : last), null);

const dayOf = (at: Date | null): string | null => at?.toISOString().slice(0, 10) ?? null;

/** Every kind that shows anybody's authority in use. */
export const kindsThatShowUse = (holders: readonly Holder[]): EventKind[] => [
  ...new Set(holders.flatMap(({ role }) => authorityOf(role).flatMap(usesOf))),
];

/** Role x group of routes x person, in an order that depends on nothing but what it says. */
export function accessRows(
  holders: readonly Holder[],
  acts: readonly LastAct[],
  changes: readonly RoleChange[],
): AccessRow[] {
  const rowOf = (holder: Holder, { group, routes, risk }: Authority): AccessRow => {
    const kinds = usesOf({ group, routes });
    const used = acts.filter((act) => act.operatorId === holder.id && kinds.includes(act.kind));
    const changed = changes.find((change) => change.operatorId === holder.id)?.at ?? holder.enrolled_at;
    return {
      ...{ operatorId: holder.id, name: holder.name, role: holder.role, keyId: holder.key_id },
      ...{ group, routes: [...routes], risk, since: changed.toISOString() },
      lastUsedOn: dayOf(latest(used.map(({ at }) => at))),
    };
  };
  return [...holders]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((holder) => authorityOf(holder.role).map((authority) => rowOf(holder, authority)));
}

const DAY_MS = 24 * 3_600_000;

/** When the next review has to be signed: so long after the last one, or after somebody first had authority. */
export function dueOf(last: Date | undefined, first: Date | null): Date | null {
  const from = last ?? first;
  return from ? new Date(from.getTime() + ACCESS_REVIEW_DAYS * DAY_MS) : null;
}

export const toReview = (row: Omit<ReviewRow, 'reviewed'>): AccessReview => ({
  id: row.id,
  at: row.at.toISOString(),
  operatorId: row.operator_id,
  name: row.name,
  keyId: row.key_id,
  digest: row.digest.toString('hex'),
  rows: row.row_count,
});
