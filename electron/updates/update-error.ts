type UpdateErrorCode =
  | 'closed'
  | 'malformed'
  | 'foreign'
  | 'forged'
  | 'other-channel'
  | 'expired'
  | 'rolled-back'
  | 'forked'
  | 'no-package'
  | 'damaged'
  | 'floor-unreadable';

/** Why a release was refused. */
export class UpdateError extends Error {
  override readonly name = 'UpdateError';
  readonly code: UpdateErrorCode;

  constructor(code: UpdateErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
