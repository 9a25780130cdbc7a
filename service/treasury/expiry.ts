import { formatUnits } from '../../shared/money/units.ts';
import { type Database, transact } from '../db/database.ts';
import type { Staging } from '../ledger/staging.ts';
import { dueHolds, expireHold } from './store.ts';

/** Holds of one run: enough for any outage to be over within a few. */
const BATCH = 200;

const SYSTEM = { type: 'system', id: 'treasury', name: null } as const;

/**
 * Frees the money of holds that nobody settled in time. Every instance may run it: a hold that another one has in hand is passed
 * over, and each goes in a transaction of its own, so no run holds two wallets at once.
 * @returns how many expired
 */
export async function expireHolds(db: Pick<Database, 'kysely'>, staging: Staging): Promise<number> {
  let expired = 0;
  for (const id of await dueHolds(db.kysely, BATCH)) {
    await transact(db, async (tx) => {
      const hold = await expireHold(tx, id);
      if (!hold) return;
      const data = { holdId: id, wallet: hold.wallet, held: formatUnits(BigInt(hold.units)) };
      await staging.stage(tx, { kind: 'hold.expired', data, actor: SYSTEM, agent: null, requestId: null });
      expired += 1;
    });
  }
  return expired;
}
