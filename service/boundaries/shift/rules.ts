import { createHash } from 'node:crypto';
import { HANDED_INCIDENTS, HANDED_WALLETS, type Handover } from '../../../shared/http/handovers.ts';
import { EVENT_KINDS, EVENTS } from '../../../shared/ledger/events.ts';
import { HttpError } from '../../gate/http-error.ts';

export type Handed = Pick<Handover, 'incidents' | 'freezeId' | 'wallets'>;

export interface HandoverRow {
  readonly id: string;
  readonly handed: string;
  readonly note: string;
  readonly digest: Buffer;
  readonly given_at: Date;
  readonly given_by: string;
  readonly given_by_name: string;
  readonly taken_at: Date | null;
  readonly taken_by: string | null;
  readonly taken_by_name: string | null;
}

/** What people who come ask about: incidents and answers to them, who may act, and the service itself. */
export const SHIFT_KINDS = EVENT_KINDS.filter(
  (kind) => ['incident', 'operator', 'service'].includes(EVENTS[kind].category) && !kind.startsWith('shift.'),
);

export const saysOf = (kind: string): string =>
  Object.hasOwn(EVENTS, kind) ? EVENTS[kind as keyof typeof EVENTS].says : kind;

/** One spelling of what is handed over, whoever sent it. */
export const handedText = ({ incidents, freezeId, wallets }: Handed): string =>
  JSON.stringify({
    incidents: incidents.map(({ id, state, alerts }) => ({ id, state, alerts })),
    freezeId,
    wallets: wallets.map((one) => ({ address: one.address, freezeId: one.freezeId })),
  });

export const digestOf = (handed: Handed, note: string): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([handedText(handed), note]))
    .digest();

/** @throws HttpError `conflict` when more is open than one hand-over can name: nobody signs a part for the whole */
export function requireHandable({ open, frozen }: { readonly open: number; readonly frozen: number }): void {
  if (open > HANDED_INCIDENTS)
    throw new HttpError(
      'conflict',
      `more than ${HANDED_INCIDENTS} incidents are open; close some first, or call both shifts together`,
    );
  if (frozen > HANDED_WALLETS)
    throw new HttpError(
      'conflict',
      `more than ${HANDED_WALLETS} wallets are frozen; call both shifts together`,
    );
}

/** @throws HttpError `conflict` when something has happened that whoever signed has not seen */
export function requireSeen(given: Handed, now: Handed): void {
  if (handedText(given) === handedText(now)) return;
  throw new HttpError(
    'conflict',
    'an incident or a freeze has changed since; read it again before you hand over',
  );
}

const stateOf = (row: HandoverRow, newest: string | undefined): Handover['state'] => {
  if (row.taken_at) return 'taken';
  return row.id === newest ? 'waiting' : 'replaced';
};

export const toHandover = (row: HandoverRow, newest: string | undefined): Handover => ({
  // What was handed over before wallets were frozen one by one names none.
  ...{ wallets: [], ...(JSON.parse(row.handed) as Omit<Handed, 'wallets'> & Partial<Handed>) },
  ...{ id: row.id, note: row.note, digest: row.digest.toString('hex') },
  ...{ givenAt: row.given_at.toISOString(), givenBy: row.given_by, givenByName: row.given_by_name },
  state: stateOf(row, newest),
  ...{ takenAt: row.taken_at?.toISOString() ?? null, takenBy: row.taken_by, takenByName: row.taken_by_name },
});

/** @throws HttpError unless another person takes exactly what waits */
export function requireTakeable(
  row: HandoverRow,
  newest: string | undefined,
  by: string,
  digest: string,
): void {
  if (row.taken_at) throw new HttpError('conflict', `${row.id} was taken over by ${row.taken_by_name}`);
  if (row.id !== newest)
    throw new HttpError('conflict', `${row.id} was replaced by ${newest}; read that one`);
  if (row.given_by === by)
    throw new HttpError('same_person', 'somebody else takes over what you handed over');
  if (row.digest.toString('hex') !== digest)
    throw new HttpError('digest_mismatch', 'what you signed is not what was handed over; read it again');
}
