import type { ErrorType } from '../../shared/http/errors.ts';

/** The HTTP status of every reason for refusing. One table, so that one reason never has two statuses. */
export const STATUS_OF: Readonly<Record<ErrorType, number>> = {
  // No error of the caller's, but it ends the request and has the one body.
  moved_to_https: 308,
  bad_request: 400,
  invalid_body: 400,
  agent_required: 400,
  idempotency_key_required: 400,
  unauthorized: 401,
  signature_missing: 401,
  signature_invalid: 401,
  signature_expired: 401,
  signature_replayed: 401,
  digest_mismatch: 401,
  key_unknown: 401,
  card_mismatch: 401,
  order_invalid: 401,
  enrolment_code_invalid: 401,
  insufficient_funds: 402,
  wrong_family: 403,
  forbidden: 403,
  same_person: 403,
  order_refused: 403,
  not_found: 404,
  conflict: 409,
  name_mismatch: 409,
  already_enrolled: 409,
  second_operator_needed: 409,
  // Of a second person's signature that somebody brought: no failed authentication of whoever brought it.
  approval_spent: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_mismatch: 422,
  approval_refused: 422,
  upgrade_required: 426,
  rate_limited: 429,
  model_unknown: 400,
  model_unpriced: 400,
  spend_limit_reached: 402,
  frozen: 503,
  // Unlike 409 and 503 no client tries it again by itself: it would knock until two persons have agreed.
  wallet_frozen: 423,
  upstream_refused: 400,
  upstream_failed: 502,
  upstream_unavailable: 503,
  upstream_timeout: 504,
  secret_unreadable: 500,
  internal: 500,
  unavailable: 503,
};

export interface HttpErrorOptions extends ErrorOptions {
  /** Whole seconds; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal with its reason. The message is for people and may reach the caller: never put a secret in it. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: ErrorType;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorType, message: string, options: HttpErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.status = STATUS_OF[code];
    this.headers = {
      ...options.headers,
      ...(options.retryAfterSeconds === undefined
        ? {}
        : { 'retry-after': String(options.retryAfterSeconds) }),
    };
  }
}
