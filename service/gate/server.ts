import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import cors from '@fastify/cors';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Plane } from '../../shared/http/route.ts';
import type { RouteId } from '../../shared/http/table.ts';
import { BODY_LIMIT_BYTES } from './body.ts';
import { normaliseAddress } from './client-address.ts';
import type { Principal } from './context.ts';
import { type Classify, errorBody, toHttpError } from './error-answer.ts';
import { type GateDeps, newGateState } from './exchange.ts';
import { singleHeader } from './headers.ts';
import { HttpError } from './http-error.ts';
import { gateLog } from './log.ts';
import { arrive } from './pipeline.ts';
import { modeHeaders } from './rate.ts';
import { secureHeaders } from './secure-headers.ts';
import { requireStorableText } from './text.ts';

/** One finished exchange, for counters. `error` is the slug of a refusal. */
export interface Observation {
  readonly route: RouteId | null;
  readonly plane: Plane;
  readonly status: number;
  readonly milliseconds: number;
  readonly error: string | null;
  readonly clientAddress: string;
  readonly principal: Principal['type'];
  /** It claims another address, and nobody whom we trust vouches for that. */
  readonly spoofed: boolean;
}

export interface ServerOptions {
  readonly log: FastifyBaseLogger;
  readonly deps: GateDeps;
  readonly classify: Classify;
  readonly allowedOrigins: readonly string[];
  /** Strict-Transport-Security is only true where TLS is. */
  readonly strictTransport: boolean;
  readonly requestId: () => string;
  readonly observe: (seen: Observation) => void;
}

/** Milliseconds a client may take: for its headers, and for the whole request. A slow client holds no more than a socket. */
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 15_000;
const HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 4_096;

const RAW_ANSWERS: Readonly<Record<string, HttpError>> = {
  HPE_HEADER_OVERFLOW: new HttpError('payload_too_large', 'the headers are too large'),
  ERR_HTTP_REQUEST_TIMEOUT: new HttpError('bad_request', 'the request took too long'),
};
const NOT_HTTP = new HttpError('bad_request', 'this is not HTTP');

/** What Node refuses before there is a request still gets the one error body. */
const answerRaw = (requestId: () => string) => (error: Error & { code?: string }, socket: Socket) => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const refusal = RAW_ANSWERS[error.code ?? ''] ?? NOT_HTTP;
  const body = JSON.stringify(errorBody(refusal, requestId()));
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
};

function sendError(request: FastifyRequest, reply: FastifyReply, error: HttpError): FastifyReply {
  refusals.set(request, error.code);
  // An unread body would be drained for as long as the client likes to send.
  if (!request.raw.complete) void reply.header('connection', 'close');
  return reply
    .code(error.status)
    .headers(error.headers)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(errorBody(error, request.id));
}

function answerErrors(app: FastifyInstance, { classify, deps }: ServerOptions): void {
  app.setErrorHandler((thrown, request, reply) => {
    const error = toHttpError(thrown, classify);
    if (error.status >= 500) request.log.error({ err: thrown }, 'request failed');
    return sendError(request, reply, error);
  });
  // As a hook, before the body: Fastify's own handler for unknown paths would read and parse a stranger's body first.
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    await arrive(deps, { id: null, plane: 'public', request, reply });
    throw new HttpError('not_found', 'there is nothing at this address');
  });
}

function beginExchange(deps: GateDeps, request: FastifyRequest, reply: FastifyReply): void {
  request.gate = newGateState();
  const own = { 'x-request-id': request.id, 'cache-control': 'no-store' };
  // Every answer says so, those of routes without a limit too.
  void reply.headers({ ...own, ...modeHeaders(deps.limiter.mode()) });
}

/** One Host (RFC 9112 section 3.2), and a target that is a path: neither decides anything here, so neither may be odd. */
function requirePlainTarget({ raw }: FastifyRequest): void {
  if (singleHeader(raw.rawHeaders, 'host') === null || !raw.url?.startsWith('/'))
    throw new HttpError('bad_request', 'send one Host header and a path');
}

/** A URL that cannot be decoded never reaches a hook, so the limit of its address is taken here. */
async function answerBadUrl(deps: GateDeps, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  beginExchange(deps, request, reply);
  const error = await arrive(deps, { id: null, plane: 'public', request, reply }).then(
    () => new HttpError('bad_request', 'the address cannot be decoded'),
    (thrown: unknown) => toHttpError(thrown, () => null),
  );
  void sendError(request, reply, error);
}

/** The slug of the refusal of a request, until its answer is observed. */
const refusals = new WeakMap<FastifyRequest, string>();

/** On a socket there is no peer to tell apart, and nothing to forge. */
function claimsForeignAddress(
  { trusts }: Pick<GateDeps, 'trusts'>,
  { headers, raw }: FastifyRequest,
): boolean {
  const peer = raw.socket.remoteAddress;
  if (headers['x-forwarded-for'] === undefined || peer === undefined) return false;
  return !trusts(normaliseAddress(peer) ?? peer);
}

function observeAnswers(app: FastifyInstance, { observe, deps }: ServerOptions): void {
  app.addHook('onResponse', async (request, reply) => {
    const { id = null, plane = 'public' } = request.routeOptions.config;
    const error = refusals.get(request) ?? null;
    const seen: Observation = {
      route: id,
      plane,
      status: reply.statusCode,
      milliseconds: reply.elapsedTime,
      error,
      clientAddress: request.gate.clientAddress,
      principal: request.gate.principal.type,
      spoofed: claimsForeignAddress(deps, request),
    };
    observe(seen);
    const { clientAddress: _, ...line } = seen;
    request.log.info(line, 'answered');
  });
}

const httpOptions = (options: ServerOptions) => ({
  loggerInstance: gateLog(options.log),
  genReqId: options.requestId,
  logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
  bodyLimit: BODY_LIMIT_BYTES,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  http: {
    maxHeaderSize: HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: 1_000,
    // Node would answer in its own words.
    requireHostHeader: false,
  },
  exposeHeadRoutes: false,
  return503OnClosing: false,
  forceCloseConnections: 'idle' as const,
  onProtoPoisoning: 'error' as const,
  onConstructorPoisoning: 'error' as const,
  routerOptions: { maxParamLength: 64, caseSensitive: true },
  clientErrorHandler: answerRaw(options.requestId),
});

/** A Fastify that answers everything in one voice and mounts nothing yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const secure = await secureHeaders({
    strictTransport: options.strictTransport,
    sharedWithOrigins: options.allowedOrigins.length > 0,
  });
  const app = fastify({
    ...httpOptions(options),
    frameworkErrors: (_error, request, reply) => {
      void answerBadUrl(options.deps, request as FastifyRequest, reply.headers(secure) as FastifyReply);
    },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  // Without a listener Node hangs up without a word.
  const refuseTunnel = answerRaw(options.requestId);
  app.server.on('connect', (_request, socket) => refuseTunnel(new Error('CONNECT'), socket as Socket));
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  // Filled in by `onRequest`; a reference type as the initial value would be shared between requests.
  app.decorateRequest('gate');
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(secure);
    beginExchange(options.deps, request, reply);
    requirePlainTarget(request);
  });
  app.addHook('preValidation', async (request) => requireStorableText(request));
  if (options.allowedOrigins.length > 0)
    await app.register(cors, { origin: [...options.allowedOrigins], methods: ['GET', 'POST'], maxAge: 600 });
  answerErrors(app, options);
  observeAnswers(app, options);
  return app;
}
