export type SecretsErrorCode =
  | 'settings-missing'
  | 'secret-missing'
  | 'secret-denied'
  | 'secret-unreachable'
  | 'secret-garbled'
  | 'file-unreadable'
  | 'pair-split';

/**
 * Why the service must not start. The message is a sentence for a person and names, never quotes. There is no `cause`: what a
 * parser or the SDK throws may carry a piece of the very secret.
 */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
  readonly code: SecretsErrorCode;

  constructor(code: SecretsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
