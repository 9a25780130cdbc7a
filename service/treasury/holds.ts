import { formatUnits } from '../../shared/money/units.ts';
import { addressOf, type WalletOwner } from '../../shared/money/wallets.ts';
import type { Tx } from '../db/database.ts';
import { move, newId, type TreasuryStage, unknownWallet } from './moves.ts';
import { type Balance, lockOrder, requireAmount, requireFunds, settle } from './rules.ts';
import {
  endHold,
  insertHold,
  insertTransfer,
  lockHold,
  lockWallets,
  type Reader,
  readBalance,
} from './store.ts';
import { TreasuryError } from './treasury-error.ts';

export interface HoldOrder {
  readonly payer: WalletOwner;
  readonly units: bigint;
  /** What for, such as `generation`. */
  readonly purpose: string;
  /** What the purpose calls it: the generation's id. */
  readonly reference: string;
  /** When the money is free again if nobody posts or voids it before; compared with the database's clock. */
  readonly expiresAt: Date;
}

const notOpen = (state: string) =>
  new TreasuryError('hold-not-open', `this hold is ${state}; it pays nothing any more`);

/** @throws TreasuryError `unknown-wallet` */
export async function balanceOf(db: Reader, owner: WalletOwner): Promise<Balance> {
  const address = addressOf(owner);
  const balance = await readBalance(db, address);
  if (!balance) throw unknownWallet(address);
  return balance;
}

/**
 * Holds money of the payer: from here on nobody else can spend it.
 * @throws TreasuryError `insufficient-funds` | `unknown-wallet` | `amount-invalid`
 */
export async function openHold(
  tx: Tx,
  stage: TreasuryStage,
  { payer, units, purpose, reference, expiresAt }: HoldOrder,
): Promise<{ readonly holdId: string }> {
  requireAmount(units);
  const id = newId('hold');
  const wallet = addressOf(payer);
  if (!(await insertHold(tx, { id, wallet, units, purpose, reference, expiresAt }))) {
    // The wallet was short when it was judged, whatever has come in since.
    requireFunds(wallet, await balanceOf(tx, payer), units);
    throw new TreasuryError('insufficient-funds', `this takes ${formatUnits(units)}`);
  }
  const held = formatUnits(units);
  const until = expiresAt.toISOString();
  await stage('hold.opened', { holdId: id, wallet, held, purpose, reference, expiresAt: until });
  return { holdId: id };
}

async function requireOpen(tx: Tx, holdId: string) {
  const hold = await lockHold(tx, holdId);
  if (!hold) throw new TreasuryError('unknown-hold', `there is no hold ${holdId}`);
  if (hold.state !== 'pending') throw notOpen(hold.state);
  return hold;
}

export interface HoldPosting {
  readonly holdId: string;
  /** At most what is held; the rest is released. Nothing at all is a settlement too. */
  readonly units: bigint;
  readonly payee: 'revenue' | WalletOwner;
}

/**
 * Pays from the hold and releases the rest. The event comes before the money, so that the payee, whom everybody pays, is locked
 * for one statement.
 * @throws TreasuryError `unknown-hold` | `hold-not-open` | `over-hold` | `unknown-wallet` | `same-wallet`
 */
export async function postHold(
  tx: Tx,
  stage: TreasuryStage,
  { holdId, units, payee }: HoldPosting,
): Promise<void> {
  const to = payee === 'revenue' ? payee : addressOf(payee);
  const { wallet, units: held } = await requireOpen(tx, holdId);
  const { taken } = settle(held, units);
  if (to === wallet) throw new TreasuryError('same-wallet', 'a hold pays another wallet');
  if (payee !== 'revenue' && !(await lockWallets(tx, lockOrder([wallet, to]))).has(to))
    throw unknownWallet(to);
  const transferId = taken === 0n ? null : newId('transfer');
  const entryId = await stage('hold.posted', {
    ...{ holdId, wallet, held: formatUnits(held) },
    ...{ to, amount: formatUnits(taken), transferId },
  });
  if (!(await endHold(tx, holdId, { state: 'posted', units: taken, transferId }))) throw notOpen('ended');
  if (transferId === null) return;
  await insertTransfer(tx, {
    ...{ id: transferId, kind: 'settlement', from: wallet, to, units: taken, holdId, entryId },
  });
}

/** Releases all of the hold. @throws TreasuryError `unknown-hold` | `hold-not-open` */
export async function voidHold(
  tx: Tx,
  stage: TreasuryStage,
  { holdId, reason }: { readonly holdId: string; readonly reason: string },
): Promise<void> {
  const { wallet, units } = await requireOpen(tx, holdId);
  await stage('hold.voided', { holdId, wallet, held: formatUnits(units), reason });
  if (!(await endHold(tx, holdId, { state: 'voided', reason }))) throw notOpen('ended');
}

/** Books what a provider cost beyond its hold: the platform bears it. After the hold's posting, in its transaction. */
export async function bookLoss(
  tx: Tx,
  stage: TreasuryStage,
  { units, reference }: { readonly units: bigint; readonly reference: string },
): Promise<void> {
  await move(tx, {
    ...{ kind: 'loss', from: 'platform-loss', to: 'revenue', units, reference },
    tell: (movement) => stage('loss.booked', { ...movement, reference }),
  });
}
