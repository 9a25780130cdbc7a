import type { ErrorType } from '../../shared/http/errors.ts';
import { formatUnits, MAX_UNITS } from '../../shared/money/units.ts';
import { HttpError } from '../gate/http-error.ts';
import { TreasuryError, type TreasuryErrorCode } from './treasury-error.ts';

/** The books of one wallet. What is held is part of what is posted; the rest can be spent. */
export interface Balance {
  readonly posted: bigint;
  readonly held: bigint;
  readonly available: bigint;
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
