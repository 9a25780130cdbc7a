export class SignerError extends Error {
  override readonly name = 'SignerError';
  readonly code: 'invalid-request' | 'rate-capped';

  constructor(code: SignerError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
