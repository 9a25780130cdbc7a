import { HANDED_INCIDENTS, HANDED_WALLETS } from '../../../shared/http/handovers.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Done, Mutate } from '../../identity/mutation.ts';
import { listIncidents } from '../incidents/store.ts';
import { frozenWallets, readFreeze } from '../store.ts';
import {
  digestOf,
  type Handed,
  handedText,
  requireHandable,
  requireSeen,
  requireTakeable,
  SHIFT_KINDS,
  saysOf,
  toHandover,
} from './rules.ts';
import {
  countSince,
  insertHandover,
  lastTaken,
  listHandovers,
  lockHandover,
  markTaken,
  newestHandover,
} from './store.ts';

export interface ShiftHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
}

type ShiftHandlers = Pick<Handlers, Extract<keyof Handlers, `shift.${string}`>>;
type Reader = ShiftHandlerDeps['db']['kysely'];

const DAY_MS = 86_400_000;
const LISTED = 20;

/** The open incidents, the freeze and the wallets that are frozen alone, as they are signed and as they are read. */
async function standing(db: Reader) {
  // One more than is handed over tells that there are more.
  const [incidents, freeze, frozen] = await Promise.all([
    listIncidents(db, 'unclosed', HANDED_INCIDENTS + 1),
    readFreeze(db),
    frozenWallets(db, HANDED_WALLETS + 1),
  ]);
  const wallets = frozen.slice(0, HANDED_WALLETS);
  const shown = incidents.slice(0, HANDED_INCIDENTS);
  const handed: Handed = {
    incidents: shown.map(({ id, state, alerts }) => ({ id, state, alerts })),
    freezeId: freeze?.id ?? null,
    wallets: wallets.map(({ address, freezeId }) => ({ address, freezeId })),
  };
  return {
    ...{ handed, open: incidents.length, frozen: frozen.length },
    titles: shown.map(({ title }) => title),
    freezeReason: freeze?.reason ?? null,
    walletReasons: wallets.map(({ reason }) => reason),
  };
}

/** A hand-over is between two persons who sign. */
function personOf({ principal }: RequestContext): { readonly id: string; readonly name: string } {
  if (principal.type === 'operator') return { id: principal.id, name: principal.name };
  throw new HttpError('signature_missing', 'a hand-over is signed by whoever goes and by whoever comes');
}

const state =
  ({ db: { kysely } }: ShiftHandlerDeps): ShiftHandlers['shift.state'] =>
  async (_input, ctx) => {
    const { handed, titles, freezeReason, walletReasons } = await standing(kysely);
    const since = (await lastTaken(kysely)) ?? new Date(ctx.now().getTime() - DAY_MS);
    const changes = (await countSince(kysely, SHIFT_KINDS, since)).map((change) => ({
      ...change,
      says: saysOf(change.kind),
    }));
    const rows = await listHandovers(kysely, LISTED);
    const handovers = rows.map((row) => toHandover(row, rows[0]?.id));
    const reasons = { titles, freezeReason, walletReasons };
    const shift = { ...handed, ...reasons, since: since.toISOString(), changes, handovers };
    return { status: 200, body: { shift } };
  };

const handOver =
  ({ mutate, random }: ShiftHandlerDeps): ShiftHandlers['shift.hand-over'] =>
  ({ body: { note, ...given } }, ctx) =>
    mutate('shift.hand-over', ctx, async (tx, stage): Promise<Done<'shift.hand-over'>> => {
      const by = personOf(ctx);
      const now = await standing(tx);
      requireHandable(now);
      requireSeen(given, now.handed);
      const at = ctx.now();
      const id = makeId('handover', random(10), at.getTime());
      const digest = digestOf(given, note);
      const row = await insertHandover(tx, {
        ...{ id, handed: handedText(given), note, digest },
        ...{ given_at: at, given_by: by.id, given_by_name: by.name },
      });
      const eventId = await stage('shift.handed-over', {
        ...{ handoverId: id, freezeId: given.freezeId, note, digest: digest.toString('hex') },
        incidents: given.incidents.map((one) => one.id),
        wallets: given.wallets.map(({ address }) => address),
      });
      return { subject: id, answer: { status: 201, body: { handover: toHandover(row, id), eventId } } };
    });

const takeOver =
  ({ mutate }: ShiftHandlerDeps): ShiftHandlers['shift.take-over'] =>
  ({ params: { id }, body: { digest } }, ctx) =>
    mutate('shift.take-over', ctx, async (tx, stage): Promise<Done<'shift.take-over'>> => {
      const by = personOf(ctx);
      const row = await lockHandover(tx, id);
      if (!row) throw new HttpError('not_found', `there is no hand-over ${id}`);
      requireTakeable(row, await newestHandover(tx), by.id, digest);
      const taken = await markTaken(tx, id, { at: ctx.now(), ...by });
      const eventId = await stage('shift.taken-over', { handoverId: id, digest, givenBy: row.given_by });
      return { subject: id, answer: { status: 200, body: { handover: toHandover(taken, id), eventId } } };
    });

export const shiftHandlers = (deps: ShiftHandlerDeps): ShiftHandlers => ({
  'shift.state': state(deps),
  'shift.hand-over': handOver(deps),
  'shift.take-over': takeOver(deps),
});
