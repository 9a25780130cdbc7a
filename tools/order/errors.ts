/** Why no order was run; the message is a sentence for a person. */
export class OrderToolError extends Error {
  override readonly name = 'OrderToolError';
  readonly code: 'usage' | 'file' | 'code' | 'refused' | 'unanswered';

  constructor(code: OrderToolError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
