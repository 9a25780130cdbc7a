import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Policy, Route } from '../../shared/http/route.ts';
import type { RouteId } from '../../shared/http/table.ts';
import { actingAs } from './act-as.ts';
import { authenticate } from './bearer.ts';
import { BODY_LIMIT_BYTES, readRawBody, requireJson } from './body.ts';
import { clientAddress } from './client-address.ts';
import type { RequestContext } from './context.ts';
import type { Exchange, GateDeps, GateState, RoutedExchange, SignatureVerdict } from './exchange.ts';
import { singleHeader } from './headers.ts';
import { HttpError } from './http-error.ts';
import { insistOnHttps, isSecure } from './https.ts';
import { takeAddress, takeAgent, takeKey, takeOperator } from './take-limit.ts';

/** Letters, digits and the separators of UUIDs, ULIDs and dotted names; bounded, because it is stored. */
const IDEMPOTENCY_KEY = /^[A-Za-z0-9._:-]{8,128}$/;

/** Probes must not fail because of other traffic from their address: a limiter that restarts the service is an attack. */
const PROBES: ReadonlySet<RouteId | null> = new Set<RouteId>(['health.live', 'health.ready']);

/** Step 1, for unknown paths too: who is at the other end, may it speak plain HTTP, and is it over its limit. */
export async function arrive(deps: GateDeps, exchange: Exchange): Promise<void> {
  const { request, plane, id } = exchange;
  const forwarded = request.headers['x-forwarded-for'];
  request.gate.clientAddress = clientAddress(
    request.raw.socket.remoteAddress,
    Array.isArray(forwarded) ? forwarded.join(',') : forwarded,
    deps.trusts,
  );
  const secure = isSecure(deps, exchange);
  if (PROBES.has(id)) return;
  if (plane === 'public') await takeAddress(deps, exchange);
  if (!secure) insistOnHttps(deps, exchange);
}

/** Step 2: whose bearer token it is, and whether that key is over its limit. Nothing of the body has been read yet. */
export async function identify(deps: GateDeps, exchange: RoutedExchange): Promise<void> {
  const { route, request } = exchange;
  const query = new URLSearchParams(request.raw.url?.split('?')[1] ?? '');
  const presented = {
    rawHeaders: request.raw.rawHeaders,
    queryTokens: query.getAll('token'),
    queryTickets: query.getAll('ticket'),
  };
  try {
    request.gate.principal = await authenticate(route, presented, deps.credentials);
    request.gate.agent = await actingAs(
      route,
      request.raw.rawHeaders,
      request.gate.principal,
      deps.credentials,
    );
  } catch (error) {
    // An admin route is not limited by address, because a console polls it; guessing its token is.
    if (route.plane === 'admin' && error instanceof HttpError) await takeAddress(deps, exchange);
    throw error;
  }
  const { principal } = request.gate;
  if (principal.type === 'agent') {
    await takeKey(deps, exchange, { ...principal, id: principal.keyId });
    if (route.limitedAs === 'agent') await takeAgent(deps, exchange, principal.id);
  }
  if (principal.type === 'key') await takeKey(deps, exchange, principal);
  deps.seen(principal);
}

const isSigned = ({ raw }: Exchange['request']): boolean =>
  singleHeader(raw.rawHeaders, 'signature') !== null ||
  singleHeader(raw.rawHeaders, 'signature-input') !== null;

/** @returns the operator who signed; null for the key that enrols itself */
async function verified(
  deps: GateDeps,
  { id, request }: RoutedExchange,
  body: Buffer,
  roles: Policy['signed'],
): Promise<SignatureVerdict['operator']> {
  const { gate, raw } = request;
  const { signature, operator } = await deps.verifySignature({
    route: id,
    method: raw.method ?? '',
    targetUri: `${deps.adminOrigin()}${raw.url}`,
    body,
    header: (name) => singleHeader(raw.rawHeaders, name),
  });
  gate.signature = signature;
  if (operator && Array.isArray(roles) && !roles.includes(operator.role))
    throw new HttpError('forbidden', `this takes an operator who is ${roles.join(' or ')}`);
  return operator;
}

async function checkSignature(deps: GateDeps, exchange: RoutedExchange, body: Buffer): Promise<void> {
  const { gate } = exchange.request;
  const { signed } = exchange.route.policy;
  const unsigned = !isSigned(exchange.request);
  if (unsigned && deps.signatures === 'optional' && signed !== 'by-enrolling-key') return;
  if (unsigned) throw new HttpError('signature_missing', 'this route takes a signed request (RFC 9421)');
  const operator = await verified(deps, exchange, body, signed);
  if (operator && gate.principal.type === 'admin-token')
    gate.principal = { ...operator, tokenHash: gate.principal.tokenHash };
}

/**
 * A signature beside an account's session is not needed, but once it is there it is verified in full: half of one, one of a
 * stranger or one over another card refuses the request. It names the target under the admin origin, the only one that
 * operators sign for, whichever listener carries the request.
 */
async function checkCountersignature(deps: GateDeps, exchange: RoutedExchange, body: Buffer): Promise<void> {
  const { countersigned } = exchange.route.policy;
  if (!countersigned || !isSigned(exchange.request)) return;
  const operator = await verified(deps, exchange, body, countersigned);
  if (!operator) throw new HttpError('key_unknown', 'no enrolled operator has this key');
  exchange.request.gate.countersigner = { id: operator.id, name: operator.name };
}

function requireIdempotencyKey(gate: GateState, value: string | null): void {
  if (value === null || !IDEMPOTENCY_KEY.test(value))
    throw new HttpError('idempotency_key_required', 'send an Idempotency-Key of 8 to 128 plain characters');
  gate.idempotencyKey = value;
}

export const bodyLimitOf = (deps: Pick<GateDeps, 'relayBodyBytes'>, route: Route): number =>
  route.relay ? deps.relayBodyBytes : BODY_LIMIT_BYTES;

/**
 * Step 3, for mutations: raw body, and where an operator signs, signature and role, then the operator's limit (an unverified
 * `keyid` must not spend somebody's allowance) and the idempotency key; then what the body may be.
 * @returns the same bytes, for the JSON parser
 */
export async function admit(
  deps: GateDeps,
  exchange: RoutedExchange,
  payload: AsyncIterable<Uint8Array>,
): Promise<Readable> {
  const { gate, raw } = exchange.request;
  const body = await readRawBody(payload, bodyLimitOf(deps, exchange.route));
  gate.sent = { target: `${deps.adminOrigin()}${raw.url}`, body };
  // Strangers and accounts sign nothing and are limited by their address.
  if (exchange.route.policy.signed !== 'no') {
    await checkSignature(deps, exchange, body);
    await takeOperator(deps, exchange, gate.principal);
    deps.seen(gate.principal);
  } else await checkCountersignature(deps, exchange, body);
  if (exchange.route.policy.signed !== 'no' || exchange.route.idempotencyKey === 'required')
    requireIdempotencyKey(gate, singleHeader(raw.rawHeaders, 'idempotency-key'));
  gate.requestHash = createHash('sha256').update(`${raw.method} ${raw.url}\n`).update(body).digest('hex');
  requireJson(raw.rawHeaders);
  return Object.assign(Readable.from([body]), { receivedEncodedLength: body.length });
}

export function contextOf(deps: GateDeps, { request }: Exchange): RequestContext {
  const { decision: _, ...found } = request.gate;
  return { requestId: request.id, ...found, now: deps.now };
}
