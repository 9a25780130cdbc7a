/**
 * - `address-refused`: its name leads to an address that may not be connected to
 * - `unreachable`: no connection; nothing was sent
 * - `timeout`, `reset`, `too-large`: what became of its answer
 */
export type OutboundErrorCode = 'address-refused' | 'unreachable' | 'timeout' | 'reset' | 'too-large';

/** Why a call to another machine gave no answer. The message holds nothing of what was sent. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly code: OutboundErrorCode;

  constructor(code: OutboundErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
