import type { ErrorType } from '../../../shared/http/errors.ts';
import { HttpError } from '../../gate/http-error.ts';

/**
 * - `address-refused`: its name leads to an address that may not be connected to
 * - `unreachable`: no connection; nothing was sent
 * - `breaker-open`: it failed too often; nothing was sent
 * - `busy`: it says that it takes no requests now
 * - `refused`: it says that the request itself is wrong
 * - `failed`: it says that it failed, or answers what is no answer to this request
 * - `timeout`, `reset`, `garbage`, `too-large`: what became of its answer
 */
export type UpstreamErrorCode =
  | 'address-refused'
  | 'unreachable'
  | 'breaker-open'
  | 'busy'
  | 'refused'
  | 'failed'
  | 'timeout'
  | 'reset'
  | 'garbage'
  | 'too-large';

/** Why a provider gave no usable answer. The message may reach the caller: it holds no secret. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly code: UpstreamErrorCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: UpstreamErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterSeconds?: number } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

const ANSWERS: Readonly<Record<UpstreamErrorCode, ErrorType>> = {
  'address-refused': 'upstream_failed',
  unreachable: 'upstream_unavailable',
  'breaker-open': 'upstream_unavailable',
  busy: 'upstream_unavailable',
  refused: 'upstream_refused',
  failed: 'upstream_failed',
  timeout: 'upstream_timeout',
  reset: 'upstream_failed',
  garbage: 'upstream_failed',
  'too-large': 'upstream_failed',
};

/** What a provider's failure is to our caller; null for anything else. */
export function classifyUpstream(error: unknown): HttpError | null {
  if (!(error instanceof UpstreamError)) return null;
  const type = ANSWERS[error.code];
  const wait = type === 'upstream_unavailable' ? (error.retryAfterSeconds ?? 1) : undefined;
  return new HttpError(type, error.message, {
    cause: error,
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
  });
}
