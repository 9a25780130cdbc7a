import { isDeepStrictEqual } from 'node:util';
import { type Card, cardFor } from '../../shared/http/card.ts';
import type { Risk, Route } from '../../shared/http/route.ts';
import { isRouteId, routeOf } from '../../shared/http/table.ts';
import type { SigningRequest } from './signing-request.ts';

export class SignerError extends Error {
  override readonly name = 'SignerError';
  readonly code: 'invalid-request' | 'rate-capped';

  constructor(code: SignerError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A request that is what it says it is, with the card of its exact bytes when a person has to see one. */
export interface Prepared {
  readonly request: SigningRequest;
  readonly risk: Risk['level'];
  readonly card: Card | null;
}

/** Far above any admin request; a card of a megabyte is read by nobody. */
const MAX_BODY_BYTES = 256 * 1024;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{8,200}$/;

const invalid = (what: string, cause?: unknown): SignerError =>
  new SignerError('invalid-request', `This request is not signed: ${what}.`, { cause });

function signedRoute(request: SigningRequest): Route & { readonly risk: Risk } {
  if (!isRouteId(request.route)) throw invalid('there is no such route');
  const route = routeOf(request.route);
  const { risk } = route;
  if (!risk) throw invalid('its route takes no signature');
  if (route.method !== request.method) throw invalid('its method is not the one of its route');
  if (request.contentType !== 'application/json') throw invalid('its body is not JSON');
  if (!IDEMPOTENCY_KEY.test(request.idempotencyKey)) throw invalid('its idempotency key is not usable');
  return { ...route, risk };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw invalid('its target has a broken escape', cause);
  }
}

/** The target must be spelt as a URL parser would spell it, and lead to the route that it names. */
function checkTarget(targetUri: string, route: Route): void {
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
function checkBody(body: Uint8Array, route: Route): void {
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
  if (route.body ? !route.body.safeParse(value).success : !isDeepStrictEqual(value, {}))
    throw invalid('its body is not what its route takes');
}

/**
 * Checks a request that came from a screen (attacker-controlled in our threat model) against the route that it names, and decodes
 * its card from the bytes that will be sent.
 * @throws SignerError `invalid-request`
 */
export function prepare(request: SigningRequest): Prepared {
  const route = signedRoute(request);
  checkTarget(request.targetUri, route);
  checkBody(request.body, route);
  const risk = route.risk.level;
  if (risk === 'routine') return { request, risk, card: null };
  return { request, risk, card: cardFor(request.route, request.targetUri, request.body) };
}
