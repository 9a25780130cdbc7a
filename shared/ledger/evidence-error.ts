/**
 * - `note-malformed`: not a signed note or checkpoint in the formats of C2SP
 * - `key-malformed`: not a verifier key
 * - `trust-malformed`: not a trust file
 */
export type EvidenceErrorCode = 'note-malformed' | 'key-malformed' | 'trust-malformed';

export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  readonly code: EvidenceErrorCode;

  constructor(code: EvidenceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
