import { HttpError } from './http-error.ts';

/**
 * The one value of a header, read from the raw list. Node joins or drops repeated headers by its own rules; for a header
 * that decides about trust, a second occurrence is attacker-controlled ambiguity and is refused.
 * @throws HttpError `bad_request` when the header occurs twice
 */
export function singleHeader(rawHeaders: readonly string[], name: string): string | null {
  let found: string | null = null;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== name) continue;
    if (found !== null) throw new HttpError('bad_request', `header ${name} occurs more than once`);
    found = rawHeaders[i + 1] ?? '';
  }
  return found;
}
