import { transact } from '../../db/database.ts';
import { PAYER, type Payer, stepper } from '../parts.ts';
import { lockControl, writeControl } from './store.ts';

/** The service pauses itself. It stays paused until an operator signs that it may go on. */
export const pausePayer = (
  deps: Pick<Payer, 'db' | 'staging' | 'now'>,
  pause: { readonly cause: 'low-balance' | 'wrong-network'; readonly reason: string },
): Promise<void> =>
  transact(deps.db, async (tx) => {
    if ((await lockControl(tx)).paused) return;
    await writeControl(tx, { pause, at: deps.now(), by: PAYER.id });
    await stepper(deps, tx)('payer.paused', pause);
  });
