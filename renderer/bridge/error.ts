import type { IpcError, IpcErrorCode } from '../../shared/ipc/contract.ts';

/** The reasons of main's gate, and two of our own: no door at all, and an answer that breaks its contract. */
export type BridgeErrorCode = IpcErrorCode | 'no-door' | 'bad-answer';

interface Details {
  readonly retryable?: boolean;
  readonly requestId?: string | null;
  readonly service?: IpcError['service'];
  readonly cause?: unknown;
}

/** Why a question to main has no answer. `message` is a sentence for a person. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: BridgeErrorCode;
  readonly retryable: boolean;
  readonly requestId: string | null;
  /** The service's own refusal, when it was reached. */
  readonly service: IpcError['service'];

  constructor(code: BridgeErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.requestId = details.requestId ?? null;
    this.service = details.service ?? null;
  }
}

export const fromIpcError = (error: IpcError): BridgeError =>
  new BridgeError(error.code, error.message, error);
