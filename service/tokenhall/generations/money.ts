import { formatUnits } from '../../../shared/money/units.ts';
import type { WalletOwner } from '../../../shared/money/wallets.ts';
import { isRefusedBy } from '../../db/database-error.ts';
import type { RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Commit } from '../../identity/mutation.ts';
import { bookLoss, openHold, postHold, voidHold } from '../../treasury/holds.ts';
import { TreasuryError } from '../../treasury/treasury-error.ts';
import type { VoidReason } from './dialect.ts';
import type { Bill } from './measure.ts';
import { endGeneration, insertGeneration, type NewGeneration } from './store.ts';
import type { Trace } from './trace.ts';

export interface HeldGeneration extends NewGeneration {
  readonly holdId: string;
}

/**
 * Holds the most that the generation may cost, against the wallet and the key's limit, with the row that remembers it.
 * @throws HttpError `spend_limit_reached`; TreasuryError `insufficient-funds` | `unknown-wallet`
 */
export async function hold(
  commit: Commit,
  ctx: RequestContext,
  payer: WalletOwner,
  generation: NewGeneration,
): Promise<HeldGeneration> {
  try {
    return await commit(ctx, async (tx, stage) => {
      await insertGeneration(tx, generation);
      const { held: units, id: reference, expiresAt } = generation;
      const { holdId } = await openHold(tx, stage, {
        ...{ payer, units, purpose: 'generation', reference, expiresAt },
      });
      return { ...generation, holdId };
    });
  } catch (error) {
    if (isRefusedBy(error, 'key_spend_within_limit'))
      throw new HttpError(
        'spend_limit_reached',
        `this would hold ${formatUnits(generation.held)} credits, more than this key may still spend`,
        { cause: error },
      );
    if (error instanceof TreasuryError && error.code === 'unknown-wallet')
      throw new HttpError('insufficient_funds', 'this key has no wallet to spend from', { cause: error });
    throw error;
  }
}

export interface Settlement {
  readonly outcome: 'completed' | 'stopped' | 'hung-up';
  readonly bill: Bill;
}

type Settle = readonly [Commit, RequestContext, HeldGeneration, Settlement, Trace];

/** @param most what the hold still pays: all of it, or nothing once it has expired */
const settleWith = (
  most: bigint,
  ...[commit, ctx, generation, { outcome, bill }, trace]: Settle
): Promise<void> =>
  commit(ctx, async (tx, stage) => {
    const { id, holdId, held, keyId, model, provider } = generation;
    const { usage, tokens, cost } = bill;
    const paid = cost < most ? cost : most;
    const loss = cost - paid;
    const ended = { cost: paid, loss, usage, input: tokens.input, output: tokens.output };
    const end = {
      state: 'settled',
      ended: outcome,
      at: ctx.now(),
      trace: trace.steps(),
      bill: ended,
    } as const;
    if (!(await endGeneration(tx, id, end))) return;
    if (most > 0n) await postHold(tx, stage, { holdId, units: paid, payee: 'revenue' });
    if (loss > 0n) await bookLoss(tx, stage, { units: loss, reference: id });
    const told = { generationId: id, keyId, model };
    const money = { held: formatUnits(held), cost: formatUnits(cost) };
    if (loss > 0n) await stage('generation.over-hold', { ...told, ...money, loss: formatUnits(loss) });
    await stage('generation.settled', {
      ...{ ...told, provider, outcome, usage, ...money },
      ...{ inputTokens: tokens.input, outputTokens: tokens.output },
    });
  });

/**
 * Posts what it cost, releases the rest and writes the usage, in one transaction. What exceeds the hold is the platform's loss,
 * and so is all of it where the hold has expired meanwhile. Idempotent: a second settlement of the same generation finds nothing
 * to do.
 */
export async function settle(...given: Settle): Promise<void> {
  try {
    await settleWith(given[2].held, ...given);
  } catch (error) {
    if (!(error instanceof TreasuryError && error.code === 'hold-not-open')) throw error;
    await settleWith(0n, ...given);
  }
}

/** Releases all of the hold: the provider failed, and nobody pays for that. Idempotent too. */
export const release = (
  commit: Commit,
  ctx: RequestContext,
  generation: HeldGeneration,
  reason: VoidReason,
  trace: Trace,
): Promise<void> =>
  commit(ctx, async (tx, stage) => {
    const { id, holdId, keyId, model, provider, held } = generation;
    const end = { state: 'voided', ended: reason, at: ctx.now(), trace: trace.steps() } as const;
    if (!(await endGeneration(tx, id, end))) return;
    await voidHold(tx, stage, { holdId, reason }).catch((error: unknown) => {
      // It has expired, which releases it too.
      if (!(error instanceof TreasuryError && error.code === 'hold-not-open')) throw error;
    });
    await stage('generation.voided', {
      ...{ generationId: id, keyId, model, provider, reason, held: formatUnits(held) },
    });
  });
