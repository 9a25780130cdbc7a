import type { EventData } from '../../shared/ledger/events.ts';
import { formatUnits } from '../../shared/money/units.ts';
import { addressOf, type WalletOwner } from '../../shared/money/wallets.ts';
import type { Tx } from '../db/database.ts';
import { endAsPosted, insertHolds, insertSettlements, lockHolds, type Settled } from './batch.store.ts';
import { move, newId, type TreasuryStage, unknownWallet } from './moves.ts';
import {
  type Balance,
  type LockedWallet,
  lockOrder,
  requireAmount,
  requireFunds,
  requireUnfrozen,
  settle,
} from './rules.ts';
import {
  lockHold,
  lockWallets,
  type NewHold,
  type OpenHold,
  type Reader,
  readBalance,
  voidPending,
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

const notOpen = (state: string): TreasuryError =>
  new TreasuryError('hold-not-open', `this hold is ${state}; it pays nothing any more`);

const unknownHold = (holdId: string): TreasuryError =>
  new TreasuryError('unknown-hold', `there is no hold ${holdId}`);

/** @throws TreasuryError `unknown-wallet` */
export async function balanceOf(db: Reader, owner: WalletOwner): Promise<Balance> {
  const address = addressOf(owner);
  const balance = await readBalance(db, address);
  if (!balance) throw unknownWallet(address);
  return balance;
}

export interface OneOfHolds extends HoldOrder {
  /** The last word of whoever asks, once the wallet has enough: throws to refuse, or counts it. */
  admit(): void;
}

export type HoldOutcome = { readonly holdId: string } | { readonly refused: unknown };

interface Judged {
  readonly outcome: HoldOutcome;
  readonly hold: NewHold | null;
}

/** @param balances of the locked wallets; what is held is taken from them */
function judge(balances: Map<string, LockedWallet>, order: OneOfHolds): Judged {
  const wallet = addressOf(order.payer);
  try {
    const { units, purpose, reference, expiresAt } = order;
    requireAmount(units);
    const balance = balances.get(wallet);
    if (!balance) throw unknownWallet(wallet);
    requireUnfrozen(wallet, balance);
    requireFunds(wallet, balance, units);
    order.admit();
    const { held, available } = balance;
    balances.set(wallet, { ...balance, held: held + units, available: available - units });
    const id = newId('hold');
    return { outcome: { holdId: id }, hold: { id, wallet, units, purpose, reference, expiresAt } };
  } catch (refused) {
    return { outcome: { refused }, hold: null };
  }
}

const openedOf = ({ id, wallet, units, expiresAt, ...why }: NewHold): EventData<'hold.opened'> => ({
  ...{ holdId: id, wallet, held: formatUnits(units) },
  ...{ purpose: why.purpose, reference: why.reference, expiresAt: expiresAt.toISOString() },
});

/**
 * Holds money for several, each judged by what those before it leave; whoever is refused costs the others nothing. In as many
 * statements as for one.
 * @param tell stages what the ledger says about each that is opened; null for one that is refused
 */
export async function openHolds(
  tx: Tx,
  orders: readonly OneOfHolds[],
  tell: (opened: readonly (EventData<'hold.opened'> | null)[]) => Promise<unknown>,
): Promise<HoldOutcome[]> {
  const balances = await lockWallets(tx, lockOrder(orders.map(({ payer }) => addressOf(payer))));
  const judged = orders.map((order) => judge(balances, order));
  const holds = judged.flatMap(({ hold }) => hold ?? []);
  if (holds.length > 0) {
    await tell(judged.map(({ hold }) => hold && openedOf(hold)));
    await insertHolds(tx, holds);
  }
  return judged.map(({ outcome }) => outcome);
}

/**
 * Holds money of the payer: from here on nobody else can spend it.
 * @throws TreasuryError `insufficient-funds` | `wallet-frozen` | `unknown-wallet` | `amount-invalid`
 */
export async function openHold(
  tx: Tx,
  stage: TreasuryStage,
  order: HoldOrder,
): Promise<{ readonly holdId: string }> {
  const alone = { ...order, admit: () => undefined };
  const [outcome] = await openHolds(tx, [alone], async ([opened]) => opened && stage('hold.opened', opened));
  if (!outcome || 'refused' in outcome) throw outcome?.refused;
  return outcome;
}

async function requireOpen(tx: Tx, holdId: string) {
  const hold = await lockHold(tx, holdId);
  if (!hold) throw unknownHold(holdId);
  if (hold.state !== 'pending') throw notOpen(hold.state);
  return hold;
}

export interface HoldPosting {
  readonly holdId: string;
  /** At most what is held; the rest is released. Nothing at all is a settlement too. */
  readonly units: bigint;
  readonly payee: 'revenue' | WalletOwner;
}

const postedOf = ({ holdId, from, to, units, transferId }: Omit<Settled, 'entryId'>, held: bigint) => ({
  ...{ holdId, wallet: from, held: formatUnits(held) },
  ...{ to, amount: formatUnits(units), transferId },
});

function settlingOf(hold: OpenHold | undefined, { holdId, units, payee }: HoldPosting) {
  if (!hold) throw unknownHold(holdId);
  if (hold.state !== 'pending') throw notOpen(hold.state);
  const { taken } = settle(hold.units, units);
  const to = payee === 'revenue' ? payee : addressOf(payee);
  if (to === hold.wallet) throw new TreasuryError('same-wallet', 'a hold pays another wallet');
  const transferId = taken === 0n ? null : newId('transfer');
  return { holdId, from: hold.wallet, to, units: taken, transferId, held: hold.units };
}

/** Payouts wait while their payer is frozen; what the platform is owed is a cost that was incurred. */
function requireMayPay(
  { from, to }: Pick<Settled, 'from' | 'to'>,
  wallets: ReadonlyMap<string, LockedWallet>,
): void {
  for (const address of to === 'revenue' ? [from] : [from, to])
    if (!wallets.has(address)) throw unknownWallet(address);
  const payer = wallets.get(from);
  if (payer && to !== 'revenue') requireUnfrozen(from, payer);
}

/**
 * Pays from several holds and releases the rest of each: all of them, or none. Owners' wallets are locked before the events are
 * staged; `revenue`, which everybody pays, by its postings after that, for one statement.
 * @param tell stages what the ledger says about each. @returns the entries' ids
 * @throws TreasuryError `unknown-hold` | `hold-not-open` | `over-hold` | `unknown-wallet` | `same-wallet` | `wallet-frozen`
 */
export async function postHolds(
  tx: Tx,
  postings: readonly HoldPosting[],
  tell: (posted: readonly EventData<'hold.posted'>[]) => Promise<readonly string[]>,
): Promise<void> {
  const ids = postings.map(({ holdId }) => holdId);
  const holds = await lockHolds(tx, ids);
  const settling = postings.map((posting) => settlingOf(holds.get(posting.holdId), posting));
  const owners = settling.flatMap(({ from, to }) => (to === 'revenue' ? [from] : [from, to]));
  const wallets = await lockWallets(tx, lockOrder(owners));
  for (const one of settling) requireMayPay(one, wallets);
  const entryIds = await tell(settling.map((one) => postedOf(one, one.held)));
  const settled = settling.map((one, i) => ({ ...one, entryId: entryIds[i] ?? '' }));
  if ((await endAsPosted(tx, settled)) !== settled.length) throw notOpen('ended');
  const paid = settled.filter(({ transferId }) => transferId !== null);
  if (paid.length > 0) await insertSettlements(tx, paid);
}

/** Pays from one hold and releases the rest. @throws TreasuryError as `postHolds` */
export const postHold = (tx: Tx, stage: TreasuryStage, posting: HoldPosting): Promise<void> =>
  postHolds(tx, [posting], (all) => Promise.all(all.map((posted) => stage('hold.posted', posted))));

/** Releases all of the hold. @throws TreasuryError `unknown-hold` | `hold-not-open` */
export async function voidHold(
  tx: Tx,
  stage: TreasuryStage,
  { holdId, reason }: { readonly holdId: string; readonly reason: string },
): Promise<void> {
  const { wallet, units } = await requireOpen(tx, holdId);
  await stage('hold.voided', { holdId, wallet, held: formatUnits(units), reason });
  if (!(await voidPending(tx, holdId, reason))) throw notOpen('ended');
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
