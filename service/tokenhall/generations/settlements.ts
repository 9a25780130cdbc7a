import { formatUnits } from '../../../shared/money/units.ts';
import { type Tx, transact } from '../../db/database.ts';
import type { RequestContext } from '../../gate/context.ts';
import type { StagedEvent } from '../../ledger/staging.ts';
import { bookLoss, postHolds } from '../../treasury/holds.ts';
import { TreasuryError } from '../../treasury/treasury-error.ts';
import { lockKeys, type PaidEnd, settleGenerations } from './batch.store.ts';
import type { HeldGeneration } from './holding.ts';
import type { Bill } from './measure.ts';
import { eventOf, type StagingDeps, stageFor } from './stage.ts';
import { Together } from './together.ts';
import type { Trace } from './trace.ts';

export interface Settlement {
  readonly ctx: RequestContext;
  readonly generation: HeldGeneration;
  readonly outcome: 'completed' | 'stopped' | 'hung-up';
  readonly bill: Bill;
  readonly trace: Trace;
}

/** What the customer pays of it, and what remains with the platform. */
function shareOf({ generation: { held }, bill: { cost } }: Settlement, expired: boolean) {
  const most = expired ? 0n : held;
  const paid = cost < most ? cost : most;
  return { paid, loss: cost - paid };
}

function endOf(settlement: Settlement, expired: boolean): PaidEnd {
  const { ctx, generation, outcome: ended, bill, trace } = settlement;
  const { paid: cost, loss } = shareOf(settlement, expired);
  const { input, output } = bill.tokens;
  return {
    ...{ id: generation.id, ended, at: ctx.now(), trace: trace.steps() },
    bill: { cost, loss, usage: bill.usage, input, output },
  };
}

/** What the ledger says of it, but for the money's way. */
function eventsOf(settlement: Settlement, expired: boolean): StagedEvent[] {
  const { ctx, generation, outcome, bill } = settlement;
  const { id: generationId, keyId, model, provider, held } = generation;
  const { loss } = shareOf(settlement, expired);
  const told = { generationId, keyId, model };
  const money = { held: formatUnits(held), cost: formatUnits(bill.cost) };
  const tokens = { inputTokens: bill.tokens.input, outputTokens: bill.tokens.output };
  const settled = { ...told, provider, outcome, usage: bill.usage, ...money, ...tokens };
  const over = { ...told, ...money, loss: formatUnits(loss) };
  return [
    ...(loss > 0n ? [eventOf(ctx, 'generation.over-hold', over)] : []),
    eventOf(ctx, 'generation.settled', settled),
  ];
}

/** Tells the ledger everything in one statement, then moves the money. */
async function payAll({ staging }: StagingDeps, tx: Tx, settlements: readonly Settlement[]): Promise<void> {
  const postings = settlements.map((settlement) => {
    const { paid: units } = shareOf(settlement, false);
    return { holdId: settlement.generation.holdId, units, payee: 'revenue' as const };
  });
  await postHolds(tx, postings, async (posted) => {
    const events = settlements.flatMap((settlement, i) => {
      const told = posted[i];
      return [
        ...eventsOf(settlement, false),
        ...(told ? [eventOf(settlement.ctx, 'hold.posted', told)] : []),
      ];
    });
    const ids = await staging.stageAll(tx, events);
    return ids.filter((_, i) => events[i]?.kind === 'hold.posted');
  });
}

/**
 * Settles generations in one transaction: usage, ledger and money of each, or of none. Keys are locked before wallets, and wallets
 * in the order of the treasury, so nobody waits in a circle.
 */
async function settleTogether(
  deps: StagingDeps,
  tx: Tx,
  settlements: readonly Settlement[],
  expired: boolean,
): Promise<void> {
  await lockKeys(
    tx,
    settlements.map(({ generation }) => generation.keyId),
  );
  const ends = settlements.map((settlement) => endOf(settlement, expired));
  const ended = await settleGenerations(tx, ends);
  const open = settlements.filter(({ generation }) => ended.has(generation.id));
  if (open.length === 0) return;
  if (expired)
    await deps.staging.stageAll(
      tx,
      open.flatMap((one) => eventsOf(one, true)),
    );
  else await payAll(deps, tx, open);
  for (const settlement of open) {
    const { ctx, generation } = settlement;
    const { loss: units } = shareOf(settlement, expired);
    if (units > 0n) await bookLoss(tx, stageFor(deps, tx, ctx), { units, reference: generation.id });
  }
}

const isEnded = (error: unknown): boolean => error instanceof TreasuryError && error.code === 'hold-not-open';

/**
 * Pays what generations cost. All of them pay one account, so they would queue for it, one commit after the other; whatever waits
 * is therefore settled together, in one transaction with one commit. One that cannot be settled costs the others a second try
 * and no more.
 */
export class Settlements {
  readonly #deps: StagingDeps;
  readonly #together: Together<Settlement, undefined>;

  constructor(deps: StagingDeps) {
    this.#deps = deps;
    this.#together = new Together({
      ...{ lanes: 1, most: 64 },
      doAll: async (settlements) => {
        await this.#settle(settlements, false);
        return settlements.map(() => ({ done: undefined }));
      },
      tryEach: () => true,
    });
  }

  #settle(settlements: readonly Settlement[], expired: boolean): Promise<void> {
    return transact(this.#deps.db, (tx) => settleTogether(this.#deps, tx, settlements, expired));
  }

  /**
   * Posts what it cost, releases the rest and writes the usage. What exceeds the hold is the platform's loss, and so is all of it
   * where the hold has expired meanwhile. Idempotent: a second settlement of the same generation finds nothing to do.
   */
  async settle(settlement: Settlement): Promise<void> {
    try {
      await this.#together.do(settlement);
    } catch (error) {
      if (!isEnded(error)) throw error;
      await this.#settle([settlement], true);
    }
  }
}
