import { type Card, cardFor } from '../../shared/http/card.ts';
import type { Risk, Route } from '../../shared/http/route.ts';
import { isRouteId, routeOf } from '../../shared/http/table.ts';
import { approvalCard } from './approval.ts';
import { checkBody, checkTarget, invalid } from './checks.ts';
import type { SigningRequest } from './signing-request.ts';

/** A request that is what it says it is, with the card of its exact bytes when a person has to see one. */
export interface Prepared {
  /** A copy of our own: nobody who kept the request can change it between the card and the signature. */
  readonly request: SigningRequest;
  readonly risk: Risk['level'];
  readonly card: Card | null;
  /** Signed as the second person's approval, and as nothing else. */
  readonly approves: boolean;
  /** Of an approval that is carried to the service: until when it may arrive. */
  readonly until?: Date;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{8,200}$/;

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

/**
 * Checks a request that came from a screen (attacker-controlled in our threat model) against the route that it names, and decodes
 * its card from the bytes that will be sent. An approval's card is that of the proposal whose digest those bytes hold.
 * @throws SignerError `invalid-request`
 */
export function prepare(asked: SigningRequest): Prepared {
  const { proposal, ...rest } = asked;
  const copied = { ...rest, body: Uint8Array.from(asked.body) };
  const request: SigningRequest = proposal ? { ...copied, proposal: structuredClone(proposal) } : copied;
  const route = signedRoute(request);
  checkTarget(request.targetUri, route);
  checkBody(request.body, route);
  const risk = route.risk.level;
  if (route.approves) return { request, risk, card: approvalCard(request), approves: true };
  if (request.proposal) throw invalid('its route approves nothing');
  if (risk === 'routine') return { request, risk, card: null, approves: false };
  const card = cardFor(request.route, request.targetUri, request.body);
  return { request, risk, card, approves: false };
}
