import { type Bearer, bearersOf, type Plane, type Route } from '../../shared/http/route.ts';
import { type CredentialFamily, familyOf } from '../../shared/ids/credentials.ts';
import type { Principal } from './context.ts';
import { singleHeader } from './headers.ts';
import { HttpError } from './http-error.ts';

/** What the gate needs to know about credentials; both answers say nothing about why a token is not good. */
export interface Credentials {
  /** SHA-256 (hex) of the token when it is an admin token of the current set. Compares in constant time. */
  adminTokenHash(token: string): string | null;
  /** Whether it is the secret of the facilitator. Compares in constant time. */
  isFacilitator(token: string): boolean;
  /** The inference or management key with this material, unless it is revoked or has expired. */
  findKey(token: string): Promise<Extract<Principal, { type: 'key' }> | null>;
  /** The account whose session this access token belongs to, now: neither answered from memory nor from the token alone. */
  findSession(token: string): Promise<Extract<Principal, { type: 'account' }> | null>;
  /** The agent whose active platform key this is. */
  findAgent(token: string): Promise<Extract<Principal, { type: 'agent' }> | null>;
  /** Whether the account has claimed the agent. @param agentId attacker-controlled */
  ownsAgent(accountId: string, agentId: string): Promise<boolean>;
  /** The operator whose unused ticket this is. It is used up by asking. */
  redeemTicket(ticket: string): Promise<Extract<Principal, { type: 'operator' }> | null>;
  /** Some of the agents of an account. */
  someAgents(accountId: string, limit: number): Promise<readonly string[]>;
}

export interface BearerInput {
  readonly rawHeaders: readonly string[];
  /** Values of `?token=`; more than none is refused everywhere but on a stream. */
  readonly queryTokens: readonly string[];
  /** Values of `?ticket=`, likewise. */
  readonly queryTickets: readonly string[];
}

/** RFC 6750 section 2.1, without its leniency: one space, exact case, no second credential. */
const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]{1,1024}=*)$/;

const refuse = (plane: Plane) =>
  new HttpError('unauthorized', 'a valid bearer token is needed', {
    headers: { 'www-authenticate': `Bearer realm="${plane}"` },
  });

const WORDS: Readonly<Record<Bearer, string>> = {
  none: 'no token',
  admin: 'the admin token',
  session: 'the access token of a session',
  inference: 'a th_ key',
  management: 'a thm_ key',
  platform: 'a tokenmart_ key',
  facilitator: 'the secret of the facilitator',
};

const wrongFamily = ({ plane, policy }: Route) =>
  policy.otherFamily === 401
    ? refuse(plane)
    : new HttpError(
        'wrong_family',
        `this route takes ${bearersOf(policy)
          .map((kind) => WORDS[kind])
          .join(' or ')}`,
      );

function presentedToken(route: Route, input: BearerInput): string {
  const header = singleHeader(input.rawHeaders, 'authorization');
  if (input.queryTokens.length > 0) {
    const [token, second] = input.queryTokens;
    if (!route.stream || route.download || header !== null || second !== undefined || !token)
      throw new HttpError('unauthorized', 'a token belongs in the Authorization header, and there only once');
    return token;
  }
  const token = BEARER.exec(header ?? '')?.[1];
  if (!token) throw refuse(route.plane);
  return token;
}

/** A ticket is the only credential of its request, and it is used up whether or not the stream then opens. */
async function byTicket(route: Route, input: BearerInput, credentials: Credentials): Promise<Principal> {
  const [ticket, second] = input.queryTickets;
  const alone = input.queryTokens.length === 0 && singleHeader(input.rawHeaders, 'authorization') === null;
  if (!route.stream || !alone || second !== undefined || !ticket)
    throw new HttpError('unauthorized', 'a ticket opens one event stream, and comes there alone and once');
  const operator = await credentials.redeemTicket(ticket);
  if (!operator) throw refuse(route.plane);
  return operator;
}

/** Whether it is a good credential without a prefix; unknown ones are 401, good ones of another kind 403 (SPEC 1). */
const isGood = async (token: string, credentials: Credentials): Promise<boolean> =>
  credentials.adminTokenHash(token) !== null ||
  credentials.isFacilitator(token) ||
  (await credentials.findSession(token)) !== null;

/** Keys with a prefix: it tells the family before anything is looked up. */
const keyOf =
  <T extends Principal>(
    wanted: CredentialFamily,
    find: (token: string, credentials: Credentials) => Promise<T | null>,
  ) =>
  async (token: string, credentials: Credentials, route: Route): Promise<T> => {
    const family = familyOf(token);
    if (family === undefined ? await isGood(token, credentials) : family !== wanted) throw wrongFamily(route);
    const key = family === undefined ? null : await find(token, credentials);
    if (!key) throw refuse(route.plane);
    return key;
  };

/** A key of `api_keys`: its prefix and the family that is stored with it say the same, or it opens nothing (SPEC 1). */
const storedKey = (wanted: 'inference' | 'management') =>
  keyOf(wanted, async (token, credentials) => {
    const key = await credentials.findKey(token);
    if (key !== null && key.family !== wanted)
      throw new HttpError('wrong_family', 'the prefix of this key and its family disagree; make a new one');
    return key;
  });

const platformKey = keyOf('platform', (token, credentials) => credentials.findAgent(token));

async function agentKey(token: string, credentials: Credentials, route: Route): Promise<Principal> {
  const agent = await platformKey(token, credentials, route);
  if (route.policy.claimed === 'required' && agent.ownerId === null)
    throw new HttpError(
      'forbidden',
      'nobody has claimed this agent yet; its owner does so with its claim code',
    );
  return agent;
}

async function adminToken(token: string, credentials: Credentials, route: Route): Promise<Principal> {
  const tokenHash = credentials.adminTokenHash(token);
  if (tokenHash !== null) return { type: 'admin-token', tokenHash };
  if (familyOf(token) !== undefined || (await isGood(token, credentials))) throw wrongFamily(route);
  throw refuse(route.plane);
}

async function facilitator(token: string, credentials: Credentials, route: Route): Promise<Principal> {
  if (credentials.isFacilitator(token)) return { type: 'facilitator' };
  if (familyOf(token) !== undefined || (await isGood(token, credentials))) throw wrongFamily(route);
  throw refuse(route.plane);
}

async function session(token: string, credentials: Credentials, route: Route): Promise<Principal> {
  const another = credentials.adminTokenHash(token) !== null || credentials.isFacilitator(token);
  if (familyOf(token) !== undefined || another) throw wrongFamily(route);
  const account = await credentials.findSession(token);
  if (!account) throw refuse(route.plane);
  const { roles } = route.policy;
  if (roles && !roles.includes(account.role))
    throw new HttpError('forbidden', `this takes an account that is ${roles.join(' or ')}`);
  return account;
}

const READERS = {
  admin: adminToken,
  session,
  inference: storedKey('inference'),
  management: storedKey('management'),
  platform: agentKey,
  facilitator,
} as const;

const familyOfBearer = (bearer: Bearer): CredentialFamily | undefined =>
  bearer === 'inference' || bearer === 'management' || bearer === 'platform' ? bearer : undefined;

/** The kind that this token must be: of those that the route takes the one of its prefix, else any, which will refuse it. */
function expectedKind(token: string, { policy }: Route): Exclude<Bearer, 'none'> {
  const kinds = bearersOf(policy).filter((kind) => kind !== 'none');
  const family = familyOf(token);
  const kind = kinds.find((one) => familyOfBearer(one) === family) ?? kinds[0];
  if (kind === undefined) throw new RangeError('a route that takes no token was asked which one');
  return kind;
}

/**
 * Who the bearer token says is calling.
 * @throws HttpError `unauthorized` for a missing, malformed, unknown or revoked token, `wrong_family` for a
 *   credential of another kind, `forbidden` for an account whose role the route does not name and for an agent that it takes
 *   only when claimed
 */
export async function authenticate(
  route: Route,
  input: BearerInput,
  credentials: Credentials,
): Promise<Principal> {
  if (route.policy.bearer === 'none') return { type: 'stranger' };
  if (input.queryTickets.length > 0) return byTicket(route, input, credentials);
  const token = presentedToken(route, input);
  return READERS[expectedKind(token, route)](token, credentials, route);
}
