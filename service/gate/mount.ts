import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { apiErrorBody } from '../../shared/http/errors.ts';
import { bearersOf, type Plane, type Route } from '../../shared/http/route.ts';
import { type CriticalRouteId, ROUTES, type RouteId } from '../../shared/http/table.ts';
import type { Handlers, Propose, RelayedAnswer, RelayIo, RequestContext, StreamIo } from './context.ts';
import type { GateDeps, RoutedExchange } from './exchange.ts';
import { admit, arrive, bodyLimitOf, contextOf, identify } from './pipeline.ts';
import { type StreamRegistry, streamIo } from './streams.ts';
import { checkTable, GateError } from './table-check.ts';

/** The handlers as the mount calls them; the types of each route hold where they are written. */
type AnyHandler = (
  input: unknown,
  ctx: RequestContext,
  io?: StreamIo | RelayIo,
) => Promise<{ status: number; body?: unknown; headers?: Readonly<Record<string, string>> } | undefined>;

export interface Mount {
  readonly planes: readonly Plane[];
  readonly handlers: Handlers;
  /** Stands in for the handler of every critical route. */
  readonly propose: Propose;
  readonly deps: GateDeps;
  readonly streams: StreamRegistry;
  /** Only a test hands in another table than the one there is. */
  readonly routes?: Readonly<Record<string, Route>>;
}

const inputOf = (route: Route, request: FastifyRequest) => ({
  ...(route.params ? { params: request.params } : {}),
  ...(route.query ? { query: request.query } : {}),
  ...(route.body ? { body: request.body } : {}),
});

async function answer(mount: Mount, exchange: RoutedExchange, handler: AnyHandler): Promise<FastifyReply> {
  const { route, request, reply, id } = exchange;
  const result = await handler(inputOf(route, request), contextOf(mount.deps, exchange));
  if (!result || !(result.status in route.answers))
    throw new GateError('undeclared-answer', `route ${id} answered what it does not declare`);
  return reply
    .code(result.status)
    .headers(result.headers ?? {})
    .send(result.body);
}

/** The bytes as the provider sent them: nothing is parsed and written again on the way. */
const sendWhole = (reply: FastifyReply, { status, headers, json }: RelayedAnswer): FastifyReply =>
  reply.code(status).headers(headers).type('application/json; charset=utf-8').send(json);

/** Runs a handler that writes its answer itself, or leaves it to us. The gate ends what it opened. */
async function stream(
  mount: Mount,
  exchange: RoutedExchange,
  handler: AnyHandler,
): Promise<FastifyReply | undefined> {
  const { route, request, reply } = exchange;
  const { principal } = request.gate;
  const closed = mount.streams.track(
    {
      tokenHash: 'tokenHash' in principal ? principal.tokenHash : null,
      operatorId: principal.type === 'operator' ? principal.id : null,
    },
    reply.raw,
  );
  const io = streamIo(reply.raw, closed, request.headers, reply.getHeaders());
  const open: StreamIo['open'] = (own) => {
    reply.hijack();
    return io.open(own);
  };
  try {
    const input = inputOf(route, request);
    const whole = await handler(input, contextOf(mount.deps, exchange), { ...io, open });
    if (whole && !reply.raw.headersSent) return sendWhole(reply, whole as RelayedAnswer);
  } catch (error) {
    if (!reply.raw.headersSent) throw error;
    if (!closed.aborted) request.log.error({ err: error }, 'stream failed');
    // A download that ends as if it were whole would be believed.
    if (route.download) reply.raw.destroy();
  }
  reply.hijack();
  reply.raw.end();
  return undefined;
}

const schemaOf = (id: string, route: Route) => ({
  operationId: id,
  summary: route.summary,
  tags: [route.plane],
  security: bearersOf(route.policy).flatMap((bearer) => (bearer === 'none' ? [] : [{ [bearer]: [] }])),
  ...(route.params ? { params: route.params } : {}),
  ...(route.query ? { querystring: route.query } : {}),
  ...(route.body ? { body: route.body } : {}),
  response: { ...route.answers, '4xx': apiErrorBody, '5xx': apiErrorBody },
});

const handlerOf = (mount: Mount, id: RouteId, route: Route): AnyHandler =>
  route.risk?.level === 'critical'
    ? (_input, ctx) => mount.propose(id as CriticalRouteId, ctx)
    : (mount.handlers[id as keyof Handlers] as AnyHandler);

function mountRoute(app: FastifyInstance, mount: Mount, id: RouteId, route: Route): void {
  const handler = handlerOf(mount, id, route);
  const exchangeOf = (request: FastifyRequest, reply: FastifyReply): RoutedExchange => ({
    id,
    route,
    plane: route.plane,
    request,
    reply,
  });
  app.route({
    method: route.method,
    url: route.path,
    config: { id, plane: route.plane },
    schema: schemaOf(id, route),
    bodyLimit: bodyLimitOf(mount.deps, route),
    onRequest: async (request, reply) => {
      const exchange = exchangeOf(request, reply);
      await arrive(mount.deps, exchange);
      await identify(mount.deps, exchange);
    },
    ...(route.method === 'POST'
      ? {
          preParsing: (request: FastifyRequest, reply: FastifyReply, payload: AsyncIterable<Uint8Array>) =>
            admit(mount.deps, exchangeOf(request, reply), payload),
        }
      : {}),
    handler: (request, reply) =>
      route.stream || route.relay
        ? stream(mount, exchangeOf(request, reply), handler)
        : answer(mount, exchangeOf(request, reply), handler),
  });
}

/**
 * Mounts every route of the given planes from the route table. What Fastify does between our steps is what it is good at:
 * JSON without prototypes, schema validation, serialisation.
 * @throws GateError when a route lacks its policy, handler or answers
 */
export function mountRoutes(app: FastifyInstance, mount: Mount): void {
  const routes: Readonly<Record<string, Route>> = mount.routes ?? ROUTES;
  checkTable(routes, mount.handlers);
  for (const [id, route] of Object.entries(routes))
    if (mount.planes.includes(route.plane)) mountRoute(app, mount, id as RouteId, route);
}

declare module 'fastify' {
  interface FastifyContextConfig {
    id?: RouteId;
    plane?: Plane;
  }
}
