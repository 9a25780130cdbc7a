import { formatUnits } from '../../../shared/money/units.ts';
import { addressOf } from '../../../shared/money/wallets.ts';
import { type Tx, transact } from '../../db/database.ts';
import type { RequestContext } from '../../gate/context.ts';
import { bookLoss, postHold } from '../../treasury/holds.ts';
import { lockOrder } from '../../treasury/rules.ts';
import { lockWallets } from '../../treasury/store.ts';
import { TreasuryError } from '../../treasury/treasury-error.ts';
import type { HeldGeneration } from './holding.ts';
import type { Bill } from './measure.ts';
import { type StagingDeps, stageFor } from './stage.ts';
import { endGeneration } from './store.ts';
import type { Trace } from './trace.ts';

export interface Settlement {
  readonly ctx: RequestContext;
  readonly generation: HeldGeneration;
  readonly outcome: 'completed' | 'stopped' | 'hung-up';
  readonly bill: Bill;
  readonly trace: Trace;
}

interface Pending {
  readonly settlement: Settlement;
  done(): void;
  failed(error: unknown): void;
}

/** Settlements in one transaction: enough to share one commit, few enough to end at once. */
const TOGETHER = 64;

/** What the customer pays of it, and what remains with the platform. */
function shareOf({ generation: { held }, bill: { cost } }: Settlement, expired: boolean) {
  const most = expired ? 0n : held;
  const paid = cost < most ? cost : most;
  return { paid, loss: cost - paid };
}

/** Writes the usage and frees the key's limit. @returns whether it was still to be settled */
function write(tx: Tx, settlement: Settlement, expired: boolean): Promise<boolean> {
  const { ctx, generation, outcome: ended, bill, trace } = settlement;
  const { paid: cost, loss } = shareOf(settlement, expired);
  const { input, output } = bill.tokens;
  return endGeneration(tx, generation.id, {
    ...{ state: 'settled', ended, at: ctx.now(), trace: trace.steps() },
    bill: { cost, loss, usage: bill.usage, input, output },
  });
}

/** Tells the ledger, then moves the money: the payee, whom everybody pays, is held for as few statements as can be. */
async function pay(deps: StagingDeps, tx: Tx, settlement: Settlement, expired: boolean): Promise<void> {
  const { ctx, generation, outcome, bill } = settlement;
  const { id, holdId, keyId, model, provider, held } = generation;
  const stage = stageFor(deps, tx, ctx);
  const { paid, loss } = shareOf(settlement, expired);
  const told = { generationId: id, keyId, model };
  const money = { held: formatUnits(held), cost: formatUnits(bill.cost) };
  const tokens = { inputTokens: bill.tokens.input, outputTokens: bill.tokens.output };
  if (loss > 0n) await stage('generation.over-hold', { ...told, ...money, loss: formatUnits(loss) });
  await stage('generation.settled', { ...told, provider, outcome, usage: bill.usage, ...money, ...tokens });
  if (!expired) await postHold(tx, stage, { holdId, units: paid, payee: 'revenue' });
  if (loss > 0n) await bookLoss(tx, stage, { units: loss, reference: id });
}

/**
 * Settles generations in one transaction: usage, ledger and money of each, or of none. Keys are locked before wallets, and wallets
 * in the order of the treasury, so nobody waits in a circle.
 */
async function settleTogether(
  deps: StagingDeps,
  tx: Tx,
  settlements: readonly Settlement[],
  expired = false,
): Promise<void> {
  const open: Settlement[] = [];
  const byKey = [...settlements].sort((a, b) => (a.generation.keyId < b.generation.keyId ? -1 : 1));
  for (const settlement of byKey) if (await write(tx, settlement, expired)) open.push(settlement);
  if (open.length > 1) {
    const payers = open.map(({ generation }) => addressOf(generation.payer));
    await lockWallets(tx, lockOrder([...payers, 'revenue']));
  }
  for (const settlement of open) await pay(deps, tx, settlement, expired);
}

/**
 * Pays what generations cost. All of them pay one account, so they would queue for it, one commit after the other; whatever waits
 * is therefore settled together, in one transaction with one commit. One that cannot be settled costs the others a second try
 * and no more.
 */
export class Settlements {
  readonly #deps: StagingDeps;
  #waiting: Pending[] = [];
  #running = false;

  constructor(deps: StagingDeps) {
    this.#deps = deps;
  }

  /**
   * Posts what it cost, releases the rest and writes the usage. What exceeds the hold is the platform's loss, and so is all of it
   * where the hold has expired meanwhile. Idempotent: a second settlement of the same generation finds nothing to do.
   */
  settle(settlement: Settlement): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ settlement, done, failed });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) await this.#settleAll(this.#waiting.splice(0, TOGETHER));
    this.#running = false;
  }

  async #settleAll(pending: readonly Pending[]): Promise<void> {
    const settlements = pending.map(({ settlement }) => settlement);
    try {
      await transact(this.#deps.db, (tx) => settleTogether(this.#deps, tx, settlements));
      for (const { done } of pending) done();
    } catch {
      for (const { settlement, done, failed } of pending)
        await this.#settleOne(settlement).then(done, failed);
    }
  }

  async #settleOne(settlement: Settlement): Promise<void> {
    const settle = (expired: boolean) =>
      transact(this.#deps.db, (tx) => settleTogether(this.#deps, tx, [settlement], expired));
    try {
      await settle(false);
    } catch (error) {
      if (!(error instanceof TreasuryError && error.code === 'hold-not-open')) throw error;
      await settle(true);
    }
  }
}
