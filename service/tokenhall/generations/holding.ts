import { formatUnits } from '../../../shared/money/units.ts';
import type { WalletOwner } from '../../../shared/money/wallets.ts';
import { type Tx, transact } from '../../db/database.ts';
import { DatabaseError, isRefusedBy } from '../../db/database-error.ts';
import type { RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { openHolds } from '../../treasury/holds.ts';
import { TreasuryError } from '../../treasury/treasury-error.ts';
import { insertGenerations, lockKeys, type Room } from './batch.store.ts';
import { eventOf, type StagingDeps } from './stage.ts';
import type { NewGeneration } from './store.ts';
import { type Outcome, Together } from './together.ts';

export interface HoldOrder {
  readonly ctx: RequestContext;
  readonly payer: WalletOwner;
  readonly generation: NewGeneration;
}

export interface HeldGeneration extends NewGeneration {
  readonly holdId: string;
  readonly payer: WalletOwner;
}

const overLimit = (held: bigint, cause?: unknown): HttpError =>
  new HttpError(
    'spend_limit_reached',
    `this would hold ${formatUnits(held)} credits, more than this key may still spend`,
    { cause },
  );

/** What a refusal of the books is to the caller. */
function refusalOf(error: unknown, { held }: NewGeneration): unknown {
  if (isRefusedBy(error, 'key_spend_within_limit')) return overLimit(held, error);
  if (error instanceof TreasuryError && error.code === 'unknown-wallet')
    return new HttpError('insufficient_funds', 'this key has no wallet to spend from', { cause: error });
  return error;
}

/** Takes the hold from what its key may still spend. @throws HttpError `spend_limit_reached` */
function takeRoom(rooms: Map<string, Room>, { keyId, held }: NewGeneration): void {
  const room = rooms.get(keyId) ?? null;
  if (room === null) return;
  if (room < held) throw overLimit(held);
  rooms.set(keyId, room - held);
}

/**
 * As long as the caller's own clock says, from what the database's clock says: that one decides when a hold is over, and an
 * instance whose clock is wrong must neither lose its holds nor keep them for hours.
 */
const byDatabase = ({ startedAt, expiresAt }: NewGeneration, at: Date): Date =>
  new Date(at.getTime() + expiresAt.getTime() - startedAt.getTime());

/** Keys are locked before wallets, each in one order, so nobody waits in a circle. */
async function holdAll(
  { staging }: StagingDeps,
  tx: Tx,
  orders: readonly HoldOrder[],
): Promise<Outcome<HeldGeneration>[]> {
  const { rooms, at } = await lockKeys(
    tx,
    orders.map(({ generation }) => generation.keyId),
  );
  const holds = orders.map(({ payer, generation }) => {
    const { held: units, id: reference } = generation;
    const expiresAt = byDatabase(generation, at);
    const admit = () => takeRoom(rooms, generation);
    return { payer, units, purpose: 'generation', reference, expiresAt, admit };
  });
  const outcomes = await openHolds(tx, holds, (opened) =>
    staging.stageAll(
      tx,
      orders.flatMap(({ ctx }, i) => {
        const told = opened[i];
        return told ? eventOf(ctx, 'hold.opened', told) : [];
      }),
    ),
  );
  const held = orders.map(({ payer, generation }, i): Outcome<HeldGeneration> => {
    const outcome = outcomes[i];
    return outcome && 'holdId' in outcome
      ? { done: { ...generation, holdId: outcome.holdId, payer } }
      : { failed: refusalOf(outcome?.refused, generation) };
  });
  const entered = held.flatMap((one) => ('done' in one ? one.done : []));
  const rows = entered.map((one) => ({ ...one, expiresAt: byDatabase(one, at) }));
  if (rows.length > 0) await insertGenerations(tx, rows);
  return held;
}

/**
 * Holds the most that generations may cost, against the wallet and the key's limit, with the rows that remember them. Whatever
 * waits is held in one transaction with one commit, each judged by what those before it leave.
 */
export class Holds {
  readonly #together: Together<HoldOrder, HeldGeneration>;

  constructor(deps: StagingDeps) {
    this.#together = new Together({
      ...{ lanes: 2, most: 32 },
      doAll: (orders) => transact(deps.db, (tx) => holdAll(deps, tx, orders)),
      // A limit that was lowered in this moment refuses all; a database that is away refuses each.
      tryEach: (error) => error instanceof DatabaseError && error.code === 'constraint',
    });
  }

  /** @throws HttpError `spend_limit_reached` | `insufficient_funds`; TreasuryError `insufficient-funds` */
  async hold(order: HoldOrder): Promise<HeldGeneration> {
    try {
      return await this.#together.do(order);
    } catch (error) {
      throw refusalOf(error, order.generation);
    }
  }
}
