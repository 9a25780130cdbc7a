import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from 'fastify';
import type { TrustsProxy } from '../gate/client-address.ts';
import { clientAddress } from '../gate/client-address.ts';
import { singleHeader } from '../gate/headers.ts';
import { HttpError } from '../gate/http-error.ts';
import { type LimitRule, limitHeaders, modeHeaders } from '../gate/rate.ts';
import type { OpenLimiter } from '../limits/limiter.ts';
import { noticePage, PAGE_HEADERS } from './page/html.ts';

export interface ServerDeps {
  readonly limiter: Pick<OpenLimiter, 'take' | 'addressSubject' | 'mode'>;
  readonly rule: LimitRule;
  readonly trusts: TrustsProxy;
  readonly strictTransport: boolean;
  readonly log: FastifyBaseLogger;
  now(): Date;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, as far as proxies that we trust can tell. Never logged, never kept. */
    scanner: string;
  }
}

/** A slow client holds no more than a socket, and not for long. */
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 15_000;
const HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 4_096;
const HTTPS_SECONDS = 31_536_000;

/** A page tells a state that may have changed by the next look, and its address is a secret: nobody keeps either. */
const ALWAYS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  vary: 'accept',
} as const;

/** Ends a request with a page of one sentence. */
export const sendNotice = (
  reply: FastifyReply,
  status: number,
  title: string,
  sentence: string,
): FastifyReply => reply.code(status).headers(PAGE_HEADERS).send(noticePage(title, sentence));

const KNOWN_PATH = /^\/(?:s\/[^/?]+|01\/[^/?]+\/21\/[^/?]+)(?:\?|$)/;

/** Pages are read and nothing else can be done here, so no body is ever waited for. */
function refuseWhatIsNotThere(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    if (!request.raw.complete) void reply.header('connection', 'close');
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (reads || !KNOWN_PATH.test(request.url))
      return sendNotice(reply, 404, 'Nothing here', 'Scan the code of a token to see what it says.');
    return sendNotice(reply.header('allow', 'GET, HEAD'), 405, 'Not like this', 'A page can only be read.');
  });
}

async function takeLimit(deps: ServerDeps, address: string, reply: FastifyReply): Promise<boolean> {
  const decision = await deps.limiter.take('ip', deps.limiter.addressSubject(address), deps.rule, false);
  void reply.headers(limitHeaders(decision, deps.now().getTime()));
  if (!decision.allowed)
    void reply.header('retry-after', String(Math.max(1, Math.ceil(decision.resetSeconds))));
  return decision.allowed;
}

function admit(app: FastifyInstance, deps: ServerDeps): void {
  app.decorateRequest('scanner', '');
  const always = {
    ...ALWAYS,
    ...(deps.strictTransport ? { 'strict-transport-security': `max-age=${HTTPS_SECONDS}` } : {}),
  };
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ ...always, ...modeHeaders(deps.limiter.mode()) });
    const { raw } = request;
    const forwarded = singleHeader(raw.rawHeaders, 'x-forwarded-for');
    request.scanner = clientAddress(raw.socket.remoteAddress, forwarded ?? undefined, deps.trusts);
    if (await takeLimit(deps, request.scanner, reply)) return;
    if (!raw.complete) void reply.header('connection', 'close');
    return sendNotice(reply, 429, 'Too many scans', 'Wait a moment, then scan again.');
  });
}

const isAway = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'unavailable';

function answerErrors(app: FastifyInstance, { log }: ServerDeps): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof HttpError)
      return sendNotice(reply, error.status, 'This cannot be read', 'The request is malformed.');
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status < 500) return sendNotice(reply, status, 'This cannot be read', 'The request is malformed.');
    log.error({ err: error }, 'scan failed');
    if (!isAway(error)) return sendNotice(reply, 500, 'Something is wrong here', 'Try again later.');
    return sendNotice(reply.header('retry-after', '2'), 503, 'Not now', 'Scan again in a moment.');
  });
}

/** A server of pages that mounts none yet. */
export function createScanServer(deps: ServerDeps): FastifyInstance {
  const app = fastify({
    // What it would log of itself holds addresses of clients and codes of tokens.
    logger: false,
    bodyLimit: 1024,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    exposeHeadRoutes: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 80, caseSensitive: true },
    frameworkErrors: (_error, _request, reply) => {
      void sendNotice(reply as FastifyReply, 400, 'This cannot be read', 'The address is malformed.');
    },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  admit(app, deps);
  refuseWhatIsNotThere(app);
  answerErrors(app, deps);
  return app;
}
