import { randomUUID } from 'node:crypto';
import type { HTTPError, Options } from 'ky';
import type { Agent } from 'undici';
import { apiErrorBody } from '../../shared/http/errors.ts';
import { type RouteId, routeOf } from '../../shared/http/table.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { SigningRequest } from '../keeper/protocol.ts';
import {
  type AdminRequest,
  buildRequest,
  type CallRequest,
  isMembersRoute,
  requireCallable,
} from './admin-request.ts';
import { contentToApprove } from './approval.ts';
import type { MemberSession } from './member-session.ts';
import { pinErrorIn, pinnedConnector } from './pinned.ts';

/** Longer than the service's own bound on anything it waits for. */
const ANSWER_MS = 8_000;
const CONTENT_TYPE = 'application/json';

interface LocalEndpoint {
  /** Origin that `@target-uri` must have. */
  readonly origin: string;
  /** Unix socket or named pipe. */
  readonly socket: string;
}

interface RemoteEndpoint {
  /** Where it is, and what `@target-uri` must have. */
  readonly origin: string;
  /** SHA-256 of the certificate's public key, base64. */
  readonly pin: string;
  /** Of this service alone: it goes where the pin fits and nowhere else. */
  readonly token: string;
}

export type AdminEndpoint = LocalEndpoint | RemoteEndpoint;

interface Deps {
  /** Null while the service does not serve. */
  readonly endpoint: () => AdminEndpoint | null;
  /** Of the service at that endpoint; null while locked. */
  readonly token: () => string | null;
  /** Headers for exactly these bytes; a fresh nonce each time it is asked. Rejects when the person declines. */
  readonly sign: (request: SigningRequest) => Promise<Readonly<Record<string, string>>>;
  /** For the minting plane, which answers members only. */
  readonly member: Pick<MemberSession, 'token' | 'rejected'>;
  /** Origin of the public plane; null while the service does not serve. */
  readonly publicOrigin: () => string | null;
}

/** Where a request goes, and with whose bearer token. */
interface Way {
  readonly bearer: string;
  /** Null for the public plane, which has a port of its own. */
  readonly agent: Agent | null;
  readonly url: string;
}

export interface AdminAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const down = (cause?: unknown): Refusal =>
  new Refusal('service-down', 'The service does not answer. Its state is shown in the status bar.', {
    retryable: true,
    cause,
  });

const transport = () => import('./transport.ts');

const isHttpError = (error: unknown): error is HTTPError =>
  error instanceof Error && error.name === 'HTTPError' && 'response' in error;

/** Said in words, because trying again does not help and going on would be wrong. */
const mistaken = (cause: Error): Refusal => new Refusal('request-failed', cause.message, { cause });

/**
 * What a person signed may have been done although its answer was lost, and its repeat is not ours to start: it would put a
 * second card on the screen that looks like a new request.
 */
const unanswered = (cause?: unknown): Refusal =>
  new Refusal(
    'service-down',
    'The service did not answer, so it is not known whether this was done. Look at the list or the ledger before you ' +
      'sign it again.',
    { retryable: true, cause },
  );

/** Of reads, what never reached a handler is tried again. */
const isWorthRetrying = (error: Error): boolean =>
  isHttpError(error)
    ? error.response.status === 503
    : error instanceof TypeError && pinErrorIn(error) === null;

function optionsOf(request: AdminRequest, { agent, bearer }: Way, sign: Deps['sign']): Options {
  const { method, body, signed } = request;
  // `dispatcher` is undici's own option, which ky hands on to fetch untouched.
  return {
    ...(agent ? ({ dispatcher: agent } as unknown as Options) : {}),
    method,
    headers: { authorization: `Bearer ${bearer}`, ...(body ? { 'content-type': CONTENT_TYPE } : {}) },
    ...(body ? { body: body as NonNullable<Options['body']> } : {}),
    timeout: ANSWER_MS,
    redirect: 'error',
    retry: {
      limit: signed ? 0 : 1,
      methods: ['get', 'post'],
      backoffLimit: 500,
      maxRetryAfter: 2_000,
      shouldRetry: ({ error }) => isWorthRetrying(error),
    },
    hooks: {
      beforeRequest: signed ? [(outgoing) => addSignature(request, outgoing, sign)] : [],
    },
  };
}

/** The console's client of the admin plane: one dispatcher over the socket, one signature and one attempt per decision. */
export function createAdminClient({ endpoint, token, sign, member, publicOrigin }: Deps) {
  let dispatcher: { readonly way: string; readonly agent: Agent } | null = null;

  const agentFor = async (to: AdminEndpoint): Promise<Agent> => {
    const { Agent } = await transport();
    const way = 'socket' in to ? to.socket : `${to.origin} ${to.pin}`;
    if (dispatcher?.way !== way) {
      dispatcher?.agent.destroy().catch(() => undefined);
      const connect = 'socket' in to ? { socketPath: to.socket } : pinnedConnector(to);
      dispatcher = { way, agent: new Agent({ connect }) };
    }
    return dispatcher.agent;
  };

  /** An operator signs for the admin origin whichever listener carries the request, so only the address differs here. */
  const wayOf = async (
    route: RouteId,
    targetUri: string,
    to: AdminEndpoint,
    bearer: string,
  ): Promise<Way> => {
    if (isMembersRoute(route)) {
      const origin = publicOrigin();
      if (!origin) throw down();
      const { pathname, search } = new URL(targetUri);
      return { bearer: await member.token(), agent: null, url: `${origin}${pathname}${search}` };
    }
    return { bearer, agent: await agentFor(to), url: targetUri };
  };

  const client = {
    /** @throws Refusal with the service's own reason, or KeeperError when it was not signed */
    async call(input: CallRequest): Promise<AdminAnswer> {
      requireCallable(input.route);
      // Read together: what is sent to a service is the token of that service.
      const [to, bearer] = [endpoint(), token()];
      if (!to) throw down();
      if (bearer === null)
        throw new Refusal('locked', 'The vault is locked. Unlock it and try again.', { retryable: true });
      const built = buildRequest(input, to.origin);
      const request = routeOf(input.route).approves
        ? { ...built, proposal: await contentToApprove(client, input) }
        : built;
      const [{ ky }, way] = await Promise.all([transport(), wayOf(input.route, built.targetUri, to, bearer)]);
      const response = await ky(way.url, optionsOf(request, way, sign)).catch((error: unknown) => {
        if (isMembersRoute(input.route) && isHttpError(error) && error.response.status === 401)
          member.rejected();
        return fail(error, request);
      });
      return { status: response.status, body: await validBody(request, response) };
    },
    async agent(): Promise<Agent | null> {
      const to = endpoint();
      return to ? agentFor(to) : null;
    },
    async close(): Promise<void> {
      await dispatcher?.agent.destroy();
      dispatcher = null;
    },
  };
  return client;
}
export type AdminClient = ReturnType<typeof createAdminClient>;

async function addSignature(
  { route, method, targetUri, body, proposal }: AdminRequest,
  outgoing: Request,
  sign: Deps['sign'],
): Promise<void> {
  const bytes = body ?? new Uint8Array();
  const headers = await sign({
    route,
    method,
    targetUri,
    contentType: CONTENT_TYPE,
    body: bytes,
    idempotencyKey: randomUUID(),
    ...(proposal ? { proposal } : {}),
  });
  for (const [name, value] of Object.entries(headers)) outgoing.headers.set(name, value);
}

/** An answer that is not what the route table promises is not shown to anybody. */
async function validBody({ route }: AdminRequest, response: Response): Promise<Record<string, unknown>> {
  const schema = routeOf(route).answers[response.status];
  const parsed = schema?.safeParse(await response.json().catch(() => undefined));
  if (parsed?.success) return parsed.data as Record<string, unknown>;
  throw new Refusal(
    'request-failed',
    'The service answered something that this console does not understand.',
  );
}

/** Turns what ky throws into a refusal; what a signer threw passes as it is. */
async function fail(error: unknown, { signed }: AdminRequest): Promise<never> {
  if (isHttpError(error)) throw await refusalOf(error.response);
  const pin = pinErrorIn(error);
  if (pin) throw mistaken(pin);
  const isTransport = error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError');
  if (!isTransport) throw error;
  throw signed ? unanswered(error) : down(error);
}

async function refusalOf(response: Response): Promise<Refusal> {
  const parsed = apiErrorBody.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) return down();
  const { type, message } = parsed.data.error;
  const retryable = response.status === 429 || response.status === 503;
  return new Refusal('request-failed', message, { retryable, service: { type, status: response.status } });
}
