import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LimitScope } from '../../shared/http/limits.ts';
import type { Plane, Route } from '../../shared/http/route.ts';
import type { RouteId } from '../../shared/http/table.ts';
import type { Credentials } from './bearer.ts';
import { LOCAL_CLIENT, type TrustsProxy } from './client-address.ts';
import type { Principal, RequestContext, VerifiedSignature } from './context.ts';
import type { LimitDecision, Limiter, LimitRule, LimitSubject } from './rate.ts';

/** A signed request as the verifier sees it: raw bytes, single headers, and the target by configuration. */
export interface SignedInput {
  readonly route: RouteId;
  readonly method: string;
  readonly targetUri: string;
  readonly body: Uint8Array;
  header(name: string): string | null;
}

export interface SignatureVerdict {
  readonly signature: VerifiedSignature;
  /** Null for the proof of possession of a key that nobody has enrolled yet. */
  readonly operator: Omit<Extract<Principal, { type: 'operator' }>, 'tokenHash'> | null;
}

/** Everything the gate leans on. It imports none of these rooms; they come in by parameter. */
export interface GateDeps {
  readonly trusts: TrustsProxy;
  readonly credentials: Credentials;
  readonly limiter: Limiter;
  readonly rules: { readonly ip: LimitRule; readonly operator: LimitRule; readonly agent: LimitRule };
  readonly signatures: 'required' | 'optional';
  /** Origin that `@target-uri` of a signed request has, by configuration and never by Host. */
  adminOrigin(): string;
  verifySignature(input: SignedInput): Promise<SignatureVerdict>;
  /** True for a request that must not go on over plain HTTP (SPEC 8). */
  refusesPlainHttp(peer: string | undefined, forwardedProto: string | null): boolean;
  /** The https origin of the pages of this listener, by configuration and never by Host; null: nobody is sent anywhere. */
  readonly pageOrigin: string | null;
  addressSubject(address: string): LimitSubject;
  /** A limit was exceeded. */
  overLimit(scope: LimitScope, subject: LimitSubject): void;
  /** A principal proved itself: last-used times are kept from here, in batches. */
  seen(principal: Principal): void;
  /** The largest body of a route that relays; every other body is an admin's or an account's and small. */
  readonly relayBodyBytes: number;
  now(): Date;
}

/** What the steps before the handler have found out about one request. */
export interface GateState {
  clientAddress: string;
  principal: Principal;
  agent: string | null;
  signature: VerifiedSignature | null;
  countersigner: RequestContext['countersigner'];
  idempotencyKey: string | null;
  requestHash: string;
  sent: RequestContext['sent'];
  decision: LimitDecision | null;
}

export const newGateState = (): GateState => ({
  clientAddress: LOCAL_CLIENT,
  principal: { type: 'stranger' },
  agent: null,
  signature: null,
  countersigner: null,
  idempotencyKey: null,
  requestHash: '',
  sent: null,
  decision: null,
});

declare module 'fastify' {
  interface FastifyRequest {
    gate: GateState;
  }
}

/** One request on its way through the gate. `id` and `route` are null for a path that no route has. */
export interface Exchange {
  readonly plane: Plane;
  readonly id: RouteId | null;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface RoutedExchange extends Exchange {
  readonly id: RouteId;
  readonly route: Route;
}
