import { derive } from '../ledger/derive.ts';
import { everyFreeze } from './states.store.ts';

interface FreezeState {
  readonly reason: string;
  readonly frozenBy: string;
  readonly liftedBy: string | null;
  readonly liftReason: string | null;
}

/** Freezes: one that is lifted by a row alone lets everybody spend again. */
export const freezeStates = derive<FreezeState>({
  domain: 'spending freezes',
  tables: ['spending_freezes'],
  stored: async (tx) =>
    (await everyFreeze(tx)).map((row) => [
      row.id,
      {
        ...{ reason: row.reason, frozenBy: row.frozen_by },
        ...{ liftedBy: row.lifted_by, liftReason: row.lift_reason },
      },
    ]),
  steps: {
    'spending.frozen': (told, { freezeId, reason }, { actor: frozenBy }) =>
      told.is(freezeId, { reason, frozenBy, liftedBy: null, liftReason: null }),
    'spending.resumed': (told, { freezeId, reason: liftReason }, { actor: liftedBy }) =>
      told.is(freezeId, { liftReason, liftedBy }),
  },
});
