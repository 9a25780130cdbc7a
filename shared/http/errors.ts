import { z } from 'zod';

/** Every reason the service gives for refusing, in one place: the slug is the contract, the message is for people. */
export const ERROR_TYPES = [
  'bad_request',
  'invalid_body',
  'agent_required',
  'unauthorized',
  'signature_missing',
  'signature_invalid',
  'signature_expired',
  'signature_replayed',
  'digest_mismatch',
  'key_unknown',
  'card_mismatch',
  'order_invalid',
  'order_refused',
  'enrolment_code_invalid',
  'insufficient_funds',
  'wrong_family',
  'forbidden',
  'not_found',
  'conflict',
  'name_mismatch',
  'already_enrolled',
  'same_person',
  'second_operator_needed',
  'approval_spent',
  'approval_refused',
  'idempotency_key_required',
  'idempotency_mismatch',
  'moved_to_https',
  'upgrade_required',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
  'model_unknown',
  'model_unpriced',
  'spend_limit_reached',
  'frozen',
  'wallet_frozen',
  'upstream_refused',
  'upstream_failed',
  'upstream_unavailable',
  'upstream_timeout',
  'unavailable',
  'secret_unreadable',
  'internal',
] as const;

export type ErrorType = (typeof ERROR_TYPES)[number];

/** The one error body of the whole API (SPEC 1). `code` is the HTTP status. */
export const apiErrorBody = z.object({
  error: z.object({
    code: z.number().int(),
    type: z.enum(ERROR_TYPES),
    message: z.string(),
    requestId: z.string(),
  }),
});

export type ApiErrorBody = z.infer<typeof apiErrorBody>;
