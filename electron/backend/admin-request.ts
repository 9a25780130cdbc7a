import type { ProposalContent } from '../../shared/http/proposal.ts';
import { bearersOf } from '../../shared/http/route.ts';
import { isRouteId, type RouteId, routeOf } from '../../shared/http/table.ts';
import { Refusal } from '../ipc/refusal.ts';

/** What the renderer asked for, still attacker-controlled. */
export interface CallRequest {
  readonly route: RouteId;
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
}

/** A request of the admin plane, ready to be sent: target and bytes are final, because they are what gets signed. */
export interface AdminRequest {
  readonly route: RouteId;
  readonly method: 'GET' | 'POST';
  /** Absolute, under the configured origin of the admin plane. */
  readonly targetUri: string;
  readonly body: Uint8Array | null;
  readonly signed: boolean;
  /** What an approval is of. */
  readonly proposal?: ProposalContent;
}

const invalid = (what: string): Refusal =>
  new Refusal('invalid-payload', `The console refused this request: ${what}.`);

/** What a declared part of the request looks like after its schema, or nothing when the route declares none. */
function part(
  schema: { safeParse(value: unknown): { success: boolean; data?: unknown } } | undefined,
  value: object | undefined,
  name: string,
): Record<string, unknown> | undefined {
  if (!schema) {
    if (value && Object.keys(value).length > 0)
      throw invalid(`it has a ${name} that the route does not take`);
    return undefined;
  }
  const parsed = schema.safeParse(value ?? {});
  if (!parsed.success) throw invalid(`its ${name} is not valid`);
  return parsed.data as Record<string, unknown>;
}

/**
 * Whether a route is called with the session of a brand's member: the minting plane and nothing else that accounts may do. An
 * operator's console is no client of the rest of an account.
 */
export const isMembersRoute = (route: RouteId): boolean => {
  if (!isRouteId(route)) return false;
  const { plane, path, policy } = routeOf(route);
  return plane === 'public' && path.startsWith('/api/v1/minting/') && policy.bearer === 'session';
};

/** @throws Refusal when the application's page may not call this route at all */
export function requireCallable(route: RouteId): void {
  if (!isRouteId(route)) throw invalid('there is no such route');
  const { stream, policy } = routeOf(route);
  if (stream) throw new Refusal('not-available', 'The event stream has a port of its own.');
  if (policy.bearer === 'inference')
    throw new Refusal('not-available', 'This route belongs to holders of an inference key.');
  if (policy.bearer === 'platform') throw new Refusal('not-available', 'This route belongs to agents.');
  if (isMembersRoute(route)) return;
  if (
    bearersOf(policy).some((bearer) => bearer !== 'none' && bearer !== 'admin') ||
    policy.unsignedBecause !== undefined
  )
    throw new Refusal('not-available', 'This route belongs to accounts of the market.');
}

/**
 * Builds the exact request from the route table. Parameters fill whole path segments, percent-encoded, so that no value
 * can reach another route.
 * @throws Refusal when a part is not what the route declares, or when the renderer may not call the route
 */
export function buildRequest({ route, params, query, body }: CallRequest, adminOrigin: string): AdminRequest {
  requireCallable(route);
  const declared = routeOf(route);
  const values = part(declared.params, params, 'parameter') ?? {};
  const path = declared.path.replace(/:(\w+)/g, (_match, name: string) => segment(values[name]));
  const target = new URL(path, adminOrigin);
  for (const [name, value] of Object.entries(part(declared.query, query, 'query') ?? {}))
    if (value !== undefined) target.searchParams.set(name, String(value));
  const content = part(declared.body, body, 'body');
  return {
    route,
    method: declared.method,
    targetUri: target.href,
    body: content ? new TextEncoder().encode(JSON.stringify(content)) : null,
    // What a member does from the console an operator countersigns, always (SPEC 11).
    signed: declared.policy.signed !== 'no' || declared.policy.countersigned !== undefined,
  };
}

function segment(value: unknown): string {
  const text = String(value);
  // URL resolution would walk up on these two even when they are encoded.
  if (text === '' || text === '.' || text === '..') throw invalid('a parameter is not valid');
  return encodeURIComponent(text);
}
