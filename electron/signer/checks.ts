import { isDeepStrictEqual } from 'node:util';
import type { Route } from '../../shared/http/route.ts';
import { SignerError } from './signer-error.ts';

/** Far above any admin request; a card of a megabyte is read by nobody. */
const MAX_BODY_BYTES = 256 * 1024;

export const invalid = (what: string, cause?: unknown): SignerError =>
  new SignerError('invalid-request', `This request is not signed: ${what}.`, { cause });

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw invalid('its target has a broken escape', cause);
  }
}

/** The target must be spelt as a URL parser would spell it, and lead to the route that it names. */
export function checkTarget(targetUri: string, route: Route): void {
  if (!URL.canParse(targetUri)) throw invalid('its target is not a URL');
  const url = new URL(targetUri);
  if (url.href !== targetUri || url.username || url.password || url.hash)
    throw invalid('its target is not in its one spelling');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid('its target is not HTTP');
  const declared = route.path.split('/');
  const given = url.pathname.split('/');
  const params: Record<string, string> = {};
  const matches = declared.every((part, i) => {
    if (part.startsWith(':')) params[part.slice(1)] = decoded(given[i] ?? '');
    return part.startsWith(':') || part === given[i];
  });
  if (!matches || declared.length !== given.length) throw invalid('its target is not the one of its route');
  if (route.params && !route.params.safeParse(params).success) throw invalid('its target names nothing');
  if (url.search !== '' && !route.query) throw invalid('its route takes no query');
}

/**
 * JSON in the one compact form that survives being read and written: a second member of the same name, which two parsers might
 * read differently, does not.
 */
export function checkCompact(body: Uint8Array): unknown {
  if (body.length > MAX_BODY_BYTES) throw invalid('its body is too large');
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid('its body is not JSON', cause);
  }
  if (JSON.stringify(value) !== text) throw invalid('its body is not in compact form');
  return value;
}

export function checkBody(body: Uint8Array, route: Pick<Route, 'body'>): void {
  const value = checkCompact(body);
  if (route.body ? !route.body.safeParse(value).success : !isDeepStrictEqual(value, {}))
    throw invalid('its body is not what its route takes');
}
