export type LimitsErrorCode =
  /** Redis took longer than a request may wait for it. */
  | 'store-slow'
  /** What came back is not what the script answers. */
  | 'store-answer'
  /** No open challenge of this agent has this id. */
  | 'challenge-unknown';

export class LimitsError extends Error {
  override readonly name = 'LimitsError';
  readonly code: LimitsErrorCode;

  constructor(code: LimitsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
