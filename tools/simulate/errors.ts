/** Why a simulation cannot start or go on; the message is a sentence for a person. */
export class SimulateError extends Error {
  override readonly name = 'SimulateError';
  readonly code: 'usage' | 'unreachable' | 'operator-file' | 'operator-elsewhere' | 'refused' | 'waits';

  constructor(code: SimulateError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
