/**
 * - `public-key-unusable`: not Ed25519, not canonical, or not in the prime-order subgroup
 * - `code-file-unwritable`: the one-time enrolment code cannot be handed to the host
 */
export type IdentityErrorCode = 'public-key-unusable' | 'code-file-unwritable';

export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code: IdentityErrorCode;

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
