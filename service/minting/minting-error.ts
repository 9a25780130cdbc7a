export type MintingErrorCode =
  /** Not a serial pattern; the message says what is wrong with it. */
  | 'pattern'
  /** An envelope that was changed, moved or sealed under another key. */
  | 'code-unreadable'
  /** The lease went to somebody else, or the job was paused or cancelled: what was prepared is thrown away. */
  | 'lease-lost';

export class MintingError extends Error {
  override readonly name = 'MintingError';
  readonly code: MintingErrorCode;

  constructor(code: MintingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
