import { randomBytes } from 'node:crypto';
import { makeId } from '../../shared/ids/ids.ts';
import type { EventData, EventKind } from '../../shared/ledger/events.ts';
import { formatUnits } from '../../shared/money/units.ts';
import type { Tx } from '../db/database.ts';
import { requireAmount, requireFunds, requireUnfrozen } from './rules.ts';
import { insertTransfer, lockWallets, type NewTransfer } from './store.ts';
import { TreasuryError } from './treasury-error.ts';

/** Stages the ledger event of a movement in its transaction; identity's `Stage` is one. */
export type TreasuryStage = <K extends EventKind>(kind: K, data: EventData<K>) => Promise<string>;

/** A random identifier: it is drawn here because rooms that hold and post have nothing to do with it. */
export const newId = (kind: 'hold' | 'transfer'): string => makeId(kind, randomBytes(10), Date.now());

export const unknownWallet = (address: string): TreasuryError =>
  new TreasuryError('unknown-wallet', `there is no wallet ${address}`);

export interface Move extends Omit<NewTransfer, 'id' | 'entryId'> {
  /** Stages what the ledger says about it. @returns the entry's id */
  tell(movement: {
    readonly transferId: string;
    readonly from: string;
    readonly to: string;
    readonly amount: string;
  }): Promise<string>;
}

export interface Moved {
  readonly transferId: string;
  readonly entryId: string;
}

/**
 * Moves money that is not held: locks both wallets, judges, tells the ledger, enters.
 * @throws TreasuryError `amount-invalid` | `same-wallet` | `unknown-wallet` | `wallet-frozen` | `insufficient-funds`
 */
export async function move(tx: Tx, { tell, ...transfer }: Move): Promise<Moved> {
  const { from, to, units } = transfer;
  requireAmount(units);
  if (from === to) throw new TreasuryError('same-wallet', 'a transfer goes to another wallet');
  const wallets = await lockWallets(tx, [from, to]);
  const source = wallets.get(from);
  if (!source) throw unknownWallet(from);
  if (!wallets.has(to)) throw unknownWallet(to);
  requireUnfrozen(from, source);
  requireFunds(from, source, units);
  const transferId = newId('transfer');
  const entryId = await tell({ transferId, from, to, amount: formatUnits(units) });
  await insertTransfer(tx, { ...transfer, id: transferId, entryId });
  return { transferId, entryId };
}
