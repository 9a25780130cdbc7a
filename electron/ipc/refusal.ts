import type { IpcError, IpcErrorCode } from '../../shared/ipc/contract.ts';

/** Why a handler or the gate refuses. Its message is for a person and reaches the screen: it never holds a secret. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: IpcErrorCode;
  readonly retryable: boolean;
  readonly service: IpcError['service'];

  constructor(
    code: IpcErrorCode,
    message: string,
    more: { retryable?: boolean; service?: IpcError['service']; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.retryable = more.retryable ?? false;
    this.service = more.service ?? null;
  }
}
