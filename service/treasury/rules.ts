import type { ErrorType } from '../../shared/http/errors.ts';
import type {
  Hold,
  HoldState,
  OwnWallet,
  Posting,
  Transfer,
  TransferKind,
  Wallet,
  WalletFreeze,
} from '../../shared/http/treasury.ts';
import { formatUnits, MAX_UNITS } from '../../shared/money/units.ts';
import { addressOf, ownerOf } from '../../shared/money/wallets.ts';
import { HttpError } from '../gate/http-error.ts';
import { TreasuryError, type TreasuryErrorCode } from './treasury-error.ts';

/** The books of one wallet. What is held is part of what is posted; the rest can be spent. */
export interface Balance {
  readonly posted: bigint;
  readonly held: bigint;
  readonly available: bigint;
}

/** A wallet that is locked: nobody freezes it before whoever looks at it has finished. */
export interface LockedWallet extends Balance {
  readonly frozen: boolean;
}

export const balanceFrom = ({
  posted,
  held,
}: {
  readonly posted: string;
  readonly held: string;
}): Balance => ({
  posted: BigInt(posted),
  held: BigInt(held),
  available: BigInt(posted) - BigInt(held),
});

/** Accounts of the platform that may owe: what was issued is owed to everybody, what was lost to revenue. */
const MAY_OWE: ReadonlySet<string> = new Set(['issuance', 'platform-loss']);

/** @throws TreasuryError `amount-invalid` */
export function requireAmount(units: bigint): void {
  if (units < 1n || units > MAX_UNITS)
    throw new TreasuryError('amount-invalid', 'an amount is above zero and at most a milliard credits');
}

/** The database refuses it too; this tells one of a group without refusing the others. @throws TreasuryError `wallet-frozen` */
export function requireUnfrozen(address: string, { frozen }: Pick<LockedWallet, 'frozen'>): void {
  if (frozen)
    throw new TreasuryError('wallet-frozen', `an operator has frozen ${address}; nothing was charged`);
}

/** @throws TreasuryError `insufficient-funds` */
export function requireFunds(address: string, balance: Balance, units: bigint): void {
  if (MAY_OWE.has(address) || balance.available >= units) return;
  throw new TreasuryError(
    'insufficient-funds',
    `this takes ${formatUnits(units)} and ${formatUnits(balance.available)} is available`,
  );
}

/** What a hold's end does with its money: never more than was held, and what is not taken is free again. */
export function settle(held: bigint, taken: bigint): { readonly taken: bigint; readonly released: bigint } {
  if (taken < 0n || taken > held)
    throw new TreasuryError('over-hold', `a hold of ${formatUnits(held)} pays no ${formatUnits(taken)}`);
  return { taken, released: held - taken };
}

/** Highest address first, everywhere: whoever locks wallets in one order never waits in a circle. */
export const lockOrder = (addresses: readonly string[]): string[] =>
  [...new Set(addresses)].sort((a, b) => (a < b ? 1 : -1));

const REASONS: Readonly<Record<TreasuryErrorCode, ErrorType>> = {
  'insufficient-funds': 'insufficient_funds',
  'wallet-frozen': 'wallet_frozen',
  'unknown-wallet': 'not_found',
  'same-wallet': 'bad_request',
  'unknown-hold': 'not_found',
  'hold-not-open': 'conflict',
  'over-hold': 'conflict',
  'amount-invalid': 'invalid_body',
};

/** What a refusal of this room is to a caller; null for anything else. */
export const classifyTreasury = (error: unknown): HttpError | null =>
  error instanceof TreasuryError ? new HttpError(REASONS[error.code], error.message, { cause: error }) : null;

/** Who moves money on the public plane, and as whom. */
export type Spender =
  | { readonly type: 'account'; readonly id: string; readonly agent: string | null }
  | { readonly type: 'agent'; readonly id: string; readonly ownerId: string | null };

/**
 * The source of a transfer, when it is the spender's. An agent spends its own, and only once somebody has claimed it; an account
 * spends its own and its agents'.
 * @param agentOwner who owns the agent of this address; null for nobody and for accounts
 * @throws HttpError `forbidden`, alike for wallets that are somebody else's and for those that are not there
 */
export function requireSpender(spender: Spender, source: string, agentOwner: string | null): string {
  if (spender.type === 'agent' && spender.ownerId === null)
    throw new HttpError(
      'forbidden',
      'nobody has claimed this agent yet; its owner does so with its claim code',
    );
  const acting = spender.type === 'account' ? spender.agent : null;
  const own = [addressOf(spender), ...(acting === null ? [] : [addressOf({ type: 'agent', id: acting })])];
  if (own.includes(source)) return source;
  if (spender.type === 'account' && agentOwner === spender.id) return source;
  throw new HttpError('forbidden', 'this wallet is not yours to spend from');
}

export interface WalletRow {
  readonly address: string;
  readonly account_id: string | null;
  readonly agent_id: string | null;
  readonly posted: string;
  readonly held: string;
  readonly created_at: Date;
  readonly freeze_id: string | null;
  readonly frozen_at: Date | null;
  readonly frozen_by: string | null;
  readonly freeze_reason: string | null;
}

/** A wallet as its owner sees it: that it is frozen, never who did it and why. */
export function toOwnWallet(row: WalletRow): OwnWallet {
  const { posted, held, available } = balanceFrom(row);
  const owner = ownerOf(row.address);
  return {
    address: row.address,
    kind: owner?.type ?? 'system',
    ownerId: owner?.id ?? null,
    posted: formatUnits(posted),
    held: formatUnits(held),
    available: formatUnits(available),
    createdAt: row.created_at.toISOString(),
    frozenAt: row.frozen_at?.toISOString() ?? null,
  };
}

/** The freeze of a wallet, whole as the database keeps it; null where there is none. */
function toWalletFreeze(row: WalletRow): WalletFreeze | null {
  const { freeze_id: id, frozen_at: at, frozen_by: frozenBy, freeze_reason: reason } = row;
  if (id === null || at === null || frozenBy === null || reason === null) return null;
  return { id, frozenAt: at.toISOString(), frozenBy, reason };
}

export const toWallet = (row: WalletRow): Wallet => ({ ...toOwnWallet(row), freeze: toWalletFreeze(row) });

export interface HoldRow {
  readonly id: string;
  readonly wallet: string;
  readonly units: string;
  readonly purpose: string;
  readonly reference: string;
  readonly state: HoldState;
  readonly opened_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly posted_units: string | null;
  readonly reason: string | null;
}

export const toHold = (row: HoldRow): Hold => ({
  id: row.id,
  wallet: row.wallet,
  amount: formatUnits(BigInt(row.units)),
  purpose: row.purpose,
  reference: row.reference,
  state: row.state,
  openedAt: row.opened_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  posted: row.posted_units === null ? null : formatUnits(BigInt(row.posted_units)),
  reason: row.reason,
});

interface TransferFacts {
  readonly id: string;
  readonly kind: TransferKind;
  readonly memo: string | null;
  readonly at: Date;
}

export interface TransferRow extends TransferFacts {
  readonly from_wallet: string;
  readonly to_wallet: string;
  readonly units: string;
}

const factsOf = ({ id, kind, memo, at }: TransferFacts) => ({ id, kind, memo, at: at.toISOString() });

export const toTransfer = (row: TransferRow): Transfer => ({
  ...factsOf(row),
  from: row.from_wallet,
  to: row.to_wallet,
  amount: formatUnits(BigInt(row.units)),
});

export interface PostingRow extends TransferRow {
  readonly number: string;
  readonly wallet: string;
}

export const toPosting = (row: PostingRow): Posting => ({
  number: row.number,
  wallet: row.wallet,
  amount: formatUnits(BigInt(row.units)),
  counterpart: row.wallet === row.from_wallet ? row.to_wallet : row.from_wallet,
  transfer: factsOf(row),
});
