/** Why a row could not be measured; the message is a sentence for a person. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: 'environment' | 'start' | 'service' | 'request';

  constructor(code: BenchError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
