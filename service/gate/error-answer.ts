import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ApiErrorBody, ErrorType } from '../../shared/http/errors.ts';
import { HttpError } from './http-error.ts';

/** What Fastify refuses by itself, in the words of the API. Everything else of its 4xx is a `bad_request`. */
const FRAMEWORK_REASONS: Readonly<Record<string, ErrorType>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_body',
  FST_ERR_NOT_FOUND: 'not_found',
};

const SENTENCES: Partial<Record<ErrorType, string>> = {
  payload_too_large: 'the body is too large',
  unsupported_media_type: 'send application/json',
  invalid_body: 'the body is not JSON that this route accepts',
  not_found: 'there is nothing at this address',
};

const field = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;

function fromValidation(error: unknown): HttpError | null {
  if (!hasZodFastifySchemaValidationErrors(error)) return null;
  const where = field(error, 'validationContext');
  const issues = error.validation.map((issue) => {
    const path = issue.instancePath.replace(/^\//, '').replaceAll('/', '.');
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
  // Messages come from our schemas and name fields and rules, never the value that was sent.
  const message = issues.slice(0, 5).join('; ').slice(0, 500);
  return new HttpError(
    where === 'body' ? 'invalid_body' : 'bad_request',
    message || 'the request is not valid',
  );
}

/** Knows the errors of the rooms behind the gate, such as a database that is away. */
export type Classify = (error: unknown) => HttpError | null;

/** The refusal that a thrown value means. What nobody foresaw is `internal` and says nothing about itself. */
export function toHttpError(error: unknown, classify: Classify): HttpError {
  if (error instanceof HttpError) return error;
  const known = fromValidation(error) ?? classify(error);
  if (known) return known;
  const code = field(error, 'code');
  const status = field(error, 'statusCode');
  if (typeof code === 'string' && typeof status === 'number' && status >= 400 && status < 500) {
    const reason = FRAMEWORK_REASONS[code] ?? 'bad_request';
    return new HttpError(reason, SENTENCES[reason] ?? 'the request is not valid HTTP for this API', {
      cause: error,
    });
  }
  return new HttpError('internal', 'something went wrong here; the request id finds it in the log', {
    cause: error,
  });
}

export const errorBody = (error: HttpError, requestId: string): ApiErrorBody => ({
  error: { code: error.status, type: error.code, message: error.message, requestId },
});
