/** Why nothing could be judged; the message is a sentence for a person. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError';
  readonly code: 'usage' | 'file';

  constructor(code: VerifyError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
