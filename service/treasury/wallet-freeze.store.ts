import type { Tx } from '../db/database.ts';
import { WALLET } from './reads.store.ts';
import type { WalletRow } from './rules.ts';

interface NewWalletFreeze {
  readonly id: string;
  readonly at: Date;
  readonly by: string;
  readonly reason: string;
}

/**
 * Waits for the spends of this wallet that are in flight, and then nothing leaves it any more.
 * @returns undefined when it was frozen already. @throws DatabaseError of `wallets_freeze_owners_only`
 */
export const freezeWallet = (
  tx: Tx,
  address: string,
  { id, at, by, reason }: NewWalletFreeze,
): Promise<WalletRow | undefined> =>
  tx
    .updateTable('wallets')
    .set({ freeze_id: id, frozen_at: at, frozen_by: by, freeze_reason: reason })
    .where('address', '=', address)
    .where('freeze_id', 'is', null)
    .returning(WALLET)
    .executeTakeFirst();

/** @returns whether this freeze was in force */
export async function unfreezeWallet(tx: Tx, address: string, freezeId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('wallets')
    .set({ freeze_id: null, frozen_at: null, frozen_by: null, freeze_reason: null })
    .where('address', '=', address)
    .where('freeze_id', '=', freezeId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
