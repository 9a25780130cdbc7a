import { formatUnits } from '../../../shared/money/units.ts';
import type { RequestContext } from '../../gate/context.ts';
import type { Commit } from '../../identity/mutation.ts';
import { voidHold } from '../../treasury/holds.ts';
import { TreasuryError } from '../../treasury/treasury-error.ts';
import type { VoidReason } from './dialect.ts';
import type { HeldGeneration } from './holding.ts';
import { endUnpaid } from './store.ts';
import type { Trace } from './trace.ts';

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
    if (!(await endUnpaid(tx, id, end))) return;
    await voidHold(tx, stage, { holdId, reason }).catch((error: unknown) => {
      // It has expired, which releases it too.
      if (!(error instanceof TreasuryError && error.code === 'hold-not-open')) throw error;
    });
    await stage('generation.voided', {
      ...{ generationId: id, keyId, model, provider, reason, held: formatUnits(held) },
    });
  });
