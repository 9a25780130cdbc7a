import type { ErrorType } from '../../shared/http/errors.ts';
import { HttpError } from '../gate/http-error.ts';

/**
 * - `no-provider-secret`: nobody in the order of resolution has one
 * - `foreign-agent`: the agent does not belong to the account that is said to own it
 * - `secret-unreadable`: there is one, and it does not open; never a reason to use another
 * - `root-unusable`: this instance cannot encrypt: it lacks the active root, or holds another key under its number
 */
export type TokenhallErrorCode =
  | 'no-provider-secret'
  | 'foreign-agent'
  | 'secret-unreadable'
  | 'root-unusable';

/** What the room refuses or fails at. The message is for people and never holds a secret, a prompt or a completion. */
export class TokenhallError extends Error {
  override readonly name = 'TokenhallError';
  readonly code: TokenhallErrorCode;

  constructor(code: TokenhallErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const ANSWERS: Readonly<Record<TokenhallErrorCode, ErrorType>> = {
  'no-provider-secret': 'forbidden',
  'foreign-agent': 'forbidden',
  'secret-unreadable': 'secret_unreadable',
  'root-unusable': 'unavailable',
};

/** The refusal that an error of this room means; null for what is none of it. */
export function classifyTokenhall(error: unknown): HttpError | null {
  if (!(error instanceof TokenhallError)) return null;
  const type = ANSWERS[error.code];
  return new HttpError(type, error.message, {
    cause: error,
    ...(type === 'unavailable' ? { retryAfterSeconds: 5 } : {}),
  });
}
