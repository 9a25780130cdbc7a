/**
 * - `event-invalid`: what should be staged does not fit its kind's schema; a defect of the caller
 * - `cursor-invalid`: a cursor that this service did not give
 * - `fenced`: another integrator advanced the head meanwhile
 * - `head-damaged`: the stored head contradicts itself; nothing is numbered until a person looks
 */
export type LedgerErrorCode = 'event-invalid' | 'cursor-invalid' | 'fenced' | 'head-damaged';

export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
