/**
 * - `insufficient-funds`: the wallet has less than this beyond what is held
 * - `wallet-frozen`: an operator has frozen it; what is in it stays in it
 * - `unknown-wallet`: no account or agent has this address
 * - `same-wallet`: from a wallet to itself
 * - `unknown-hold`: there is no such hold
 * - `hold-not-open`: it was posted, voided or has expired already
 * - `over-hold`: more than was held
 * - `amount-invalid`: not above zero, or more than one movement may carry
 */
export type TreasuryErrorCode =
  | 'insufficient-funds'
  | 'wallet-frozen'
  | 'unknown-wallet'
  | 'same-wallet'
  | 'unknown-hold'
  | 'hold-not-open'
  | 'over-hold'
  | 'amount-invalid';

export class TreasuryError extends Error {
  override readonly name = 'TreasuryError';
  readonly code: TreasuryErrorCode;

  constructor(code: TreasuryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
