import { z } from 'zod';

/** Every reason the gate or a handler gives for refusing. The renderer branches on the code, never on the text. */
export const IPC_ERROR_CODES = [
  'unknown-channel',
  'unknown-sender',
  'invalid-payload',
  'locked',
  'declined',
  'service-down',
  'request-failed',
  'not-available',
  'busy',
  'internal',
] as const;
export type IpcErrorCode = (typeof IPC_ERROR_CODES)[number];

export const ipcError = z.object({
  code: z.enum(IPC_ERROR_CODES),
  /** A short sentence for a person; says what to do next. Never a stack. */
  message: z.string(),
  retryable: z.boolean(),
  requestId: z.string(),
  /** Present when the service refused: its own error type and HTTP status. */
  service: z.object({ type: z.string(), status: z.number().int() }).nullable(),
});
export type IpcError = z.infer<typeof ipcError>;

export type IpcResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: IpcError };

export interface Contract {
  readonly request: z.ZodType;
  readonly response: z.ZodType;
  /** Whether it is answered while the vault is locked. */
  readonly whileLocked: 'answer' | 'refuse';
}

/** Keeps the literal types of a table of contracts while checking its shape. */
export const defineContracts = <const T extends Readonly<Record<string, Contract>>>(table: T): T => table;
