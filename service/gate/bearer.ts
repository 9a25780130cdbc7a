import type { Plane, Route } from '../../shared/http/route.ts';
import { familyOf } from '../../shared/ids/credentials.ts';
import type { Principal } from './context.ts';
import { singleHeader } from './headers.ts';
import { HttpError } from './http-error.ts';

/** What the gate needs to know about credentials; both answers say nothing about why a token is not good. */
export interface Credentials {
  /** SHA-256 (hex) of the token when it is an admin token of the current set. Compares in constant time. */
  adminTokenHash(token: string): string | null;
  /** The active inference key with this material. */
  findKey(token: string): Promise<Extract<Principal, { type: 'key' }> | null>;
}

export interface BearerInput {
  readonly rawHeaders: readonly string[];
  /** Values of `?token=`; more than none is refused everywhere but on a stream. */
  readonly queryTokens: readonly string[];
}

/** RFC 6750 section 2.1, without its leniency: one space, exact case, no second credential. */
const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]{1,512}=*)$/;

const refuse = (plane: Plane) =>
  new HttpError('unauthorized', 'a valid bearer token is needed', {
    headers: { 'www-authenticate': `Bearer realm="${plane}"` },
  });

function presentedToken(route: Route, input: BearerInput): string {
  const header = singleHeader(input.rawHeaders, 'authorization');
  if (input.queryTokens.length > 0) {
    const [token, second] = input.queryTokens;
    if (!route.stream || header !== null || second !== undefined || !token)
      throw new HttpError('unauthorized', 'a token belongs in the Authorization header, and there only once');
    return token;
  }
  const token = BEARER.exec(header ?? '')?.[1];
  if (!token) throw refuse(route.plane);
  return token;
}

async function inferenceKey(token: string, credentials: Credentials, route: Route): Promise<Principal> {
  const family = familyOf(token);
  // The admin token has no prefix, so only its hash tells a wrong family from an unknown token.
  if (family === undefined ? credentials.adminTokenHash(token) !== null : family !== 'inference')
    throw new HttpError('wrong_family', 'this route takes an inference key');
  const key = family === undefined ? null : await credentials.findKey(token);
  if (!key) throw refuse(route.plane);
  return key;
}

function adminToken(token: string, credentials: Credentials, route: Route): Principal {
  const tokenHash = credentials.adminTokenHash(token);
  if (tokenHash !== null) return { type: 'admin-token', tokenHash };
  if (familyOf(token) !== undefined)
    throw new HttpError('wrong_family', 'this route takes the admin token, not a key');
  throw refuse(route.plane);
}

/**
 * Who the bearer token says is calling.
 * @throws HttpError `unauthorized` for a missing, malformed, unknown or revoked token, `wrong_family` for a key of another kind
 */
export async function authenticate(
  route: Route,
  input: BearerInput,
  credentials: Credentials,
): Promise<Principal> {
  if (route.policy.bearer === 'none') return { type: 'stranger' };
  const token = presentedToken(route, input);
  return route.policy.bearer === 'admin'
    ? adminToken(token, credentials, route)
    : inferenceKey(token, credentials, route);
}
