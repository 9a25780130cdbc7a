import { formatUnits } from '../../../shared/money/units.ts';
import type { WalletOwner } from '../../../shared/money/wallets.ts';
import { type Tx, transact } from '../../db/database.ts';
import { isConflict, isRefusedBy } from '../../db/database-error.ts';
import type { RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { setSavepoint, undoToSavepoint } from '../../identity/store.ts';
import { openHold } from '../../treasury/holds.ts';
import { TreasuryError } from '../../treasury/treasury-error.ts';
import { type StagingDeps, stageFor } from './stage.ts';
import { insertGeneration, type NewGeneration } from './store.ts';

export interface HoldOrder {
  readonly ctx: RequestContext;
  readonly payer: WalletOwner;
  readonly generation: NewGeneration;
}

export interface HeldGeneration extends NewGeneration {
  readonly holdId: string;
  readonly payer: WalletOwner;
}

interface Pending {
  readonly order: HoldOrder;
  done(held: HeldGeneration): void;
  failed(error: unknown): void;
}

type Outcome = { readonly held: HeldGeneration } | { readonly failed: unknown };

/** Holds of one key in one transaction. */
const TOGETHER = 32;

/** What a refusal of the books is to the caller. */
function refusalOf(error: unknown, { held }: NewGeneration): unknown {
  if (isRefusedBy(error, 'key_spend_within_limit'))
    return new HttpError(
      'spend_limit_reached',
      `this would hold ${formatUnits(held)} credits, more than this key may still spend`,
      { cause: error },
    );
  if (error instanceof TreasuryError && error.code === 'unknown-wallet')
    return new HttpError('insufficient_funds', 'this key has no wallet to spend from', { cause: error });
  return error;
}

async function holdOne(
  deps: StagingDeps,
  tx: Tx,
  { ctx, payer, generation }: HoldOrder,
): Promise<HeldGeneration> {
  await insertGeneration(tx, generation);
  const { held: units, id: reference, expiresAt } = generation;
  const order = { payer, units, purpose: 'generation', reference, expiresAt };
  const { holdId } = await openHold(tx, stageFor(deps, tx, ctx), order);
  return { ...generation, holdId, payer };
}

/** One of several: a refusal undoes its own part and nothing of the others. */
async function holdContained(deps: StagingDeps, tx: Tx, order: HoldOrder): Promise<Outcome> {
  await setSavepoint(tx);
  try {
    return { held: await holdOne(deps, tx, order) };
  } catch (failed) {
    if (isConflict(failed)) throw failed;
    await undoToSavepoint(tx).catch(() => {
      throw failed;
    });
    return { failed };
  }
}

/**
 * Holds the most that generations may cost, against the wallet and the key's limit, with the rows that remember them. Generations
 * of one key queue here and not in the database, where each would keep a connection while it waits for the others; whatever
 * waits is held in one transaction, each by itself.
 */
export class Holds {
  readonly #deps: StagingDeps;
  /** The keys that are at it, and who waits. */
  readonly #lanes = new Map<string, Pending[]>();

  constructor(deps: StagingDeps) {
    this.#deps = deps;
  }

  /** @throws HttpError `spend_limit_reached` | `insufficient_funds`; TreasuryError `insufficient-funds` */
  hold(order: HoldOrder): Promise<HeldGeneration> {
    const { keyId } = order.generation;
    return new Promise((done, failed) => {
      const lane = this.#lanes.get(keyId);
      const pending = { order, done, failed };
      if (lane) return void lane.push(pending);
      this.#lanes.set(keyId, [pending]);
      void this.#run(keyId);
    });
  }

  async #run(keyId: string): Promise<void> {
    for (let lane = this.#lanes.get(keyId); lane && lane.length > 0; )
      await this.#holdAll(lane.splice(0, TOGETHER));
    this.#lanes.delete(keyId);
  }

  async #holdAll(pending: readonly Pending[]): Promise<void> {
    try {
      const outcomes = await transact(this.#deps.db, async (tx) => {
        const all: Outcome[] = [];
        for (const { order } of pending)
          all.push(
            pending.length === 1
              ? { held: await holdOne(this.#deps, tx, order) }
              : await holdContained(this.#deps, tx, order),
          );
        return all;
      });
      pending.forEach(({ order, done, failed }, i) => {
        const outcome = outcomes[i];
        if (outcome && 'held' in outcome) done(outcome.held);
        else failed(refusalOf(outcome?.failed, order.generation));
      });
    } catch (error) {
      for (const { order, failed } of pending) failed(refusalOf(error, order.generation));
    }
  }
}
