import { isStorable } from '../../shared/http/text.ts';
import { HttpError } from './http-error.ts';

/**
 * The one place where text that could not be stored is refused, before any route's own rules.
 * @throws HttpError `invalid_body` | `bad_request`
 */
export function requireStorableText(request: {
  readonly body?: unknown;
  readonly query?: unknown;
  readonly params?: unknown;
}): void {
  const what = 'text is well-formed Unicode without NUL';
  if (!isStorable(request.body)) throw new HttpError('invalid_body', what);
  if (!isStorable([request.query, request.params])) throw new HttpError('bad_request', what);
}
