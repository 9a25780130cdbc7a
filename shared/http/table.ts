import type { z } from 'zod';
import { accessReviewRoutes } from './access-review.ts';
import { accountKeyRoutes } from './account-keys.ts';
import { accountRoutes } from './accounts.ts';
import { agentRoutes } from './agents.ts';
import { authRoutes } from './auth.ts';
import { autonomyRoutes } from './autonomy.ts';
import { boundaryRoutes } from './boundaries.ts';
import { boundaryProbeRoutes } from './boundary-probes.ts';
import { brandRoutes } from './brands.ts';
import { canaryRoutes } from './canaries.ts';
import { consoleCheckRoutes } from './console-checks.ts';
import { containmentRoutes } from './containment.ts';
import { evidenceRoutes } from './evidence.ts';
import { facilitatorRoutes } from './facilitator.ts';
import { freezeRoutes } from './freeze.ts';
import { handoverRoutes } from './handovers.ts';
import { healthRoutes } from './health.ts';
import { heartbeatRoutes } from './heartbeat.ts';
import { heartbeatListRoutes } from './heartbeat-list.ts';
import { identityRoutes } from './identity.ts';
import { incidentRoutes } from './incidents.ts';
import { keyLimitRoutes } from './key-limits.ts';
import { keyRoutes } from './keys.ts';
import { ledgerRoutes } from './ledger.ts';
import { ledgerExploreRoutes } from './ledger-explore.ts';
import { limitReplayRoutes } from './limit-replay.ts';
import { limitsRoutes } from './limits.ts';
import { marketRoutes } from './market.ts';
import { marketAdminRoutes } from './market-admin.ts';
import { metricsRoutes } from './metrics.ts';
import { mintExportRoutes } from './mint-exports.ts';
import { mintJobRoutes } from './mint-jobs.ts';
import { mintTokenRoutes } from './mint-tokens.ts';
import { operatorRoutes } from './operators.ts';
import { orderRoutes } from './orders.ts';
import { payerSessionRoutes } from './payer-sessions.ts';
import { proposalRoutes } from './proposals.ts';
import { providerSecretRoutes } from './provider-secrets.ts';
import { reportRoutes } from './reports.ts';
import type { Route } from './route.ts';
import { scanRoutes } from './scans.ts';
import { secretUseRoutes } from './secret-use.ts';
import { settingsRoutes } from './settings.ts';
import { streamTicketRoutes } from './stream-tickets.ts';
import { tokenhallRoutes } from './tokenhall.ts';
import { tokenhallAdminRoutes } from './tokenhall-admin.ts';
import { treasuryRoutes } from './treasury.ts';
import { walletFreezeRoutes } from './wallet-freeze.ts';
import { walletRetirementRoutes } from './wallet-retirement.ts';
import { webhookRoutes } from './webhook.ts';

/** Every route of the service. Mounting, clients, OpenAPI, the authority matrix and its tests derive from it. */
export const ROUTES = {
  ...healthRoutes,
  ...operatorRoutes,
  ...proposalRoutes,
  ...accessReviewRoutes,
  ...keyRoutes,
  ...keyLimitRoutes,
  ...authRoutes,
  ...accountRoutes,
  ...agentRoutes,
  ...identityRoutes,
  ...heartbeatRoutes,
  ...accountKeyRoutes,
  ...tokenhallRoutes,
  ...tokenhallAdminRoutes,
  ...providerSecretRoutes,
  ...limitsRoutes,
  ...limitReplayRoutes,
  ...heartbeatListRoutes,
  ...boundaryRoutes,
  ...boundaryProbeRoutes,
  ...consoleCheckRoutes,
  ...metricsRoutes,
  ...ledgerRoutes,
  ...ledgerExploreRoutes,
  ...streamTicketRoutes,
  ...evidenceRoutes,
  ...payerSessionRoutes,
  ...autonomyRoutes,
  ...facilitatorRoutes,
  ...walletRetirementRoutes,
  ...secretUseRoutes,
  ...settingsRoutes,
  ...treasuryRoutes,
  ...marketRoutes,
  ...marketAdminRoutes,
  ...freezeRoutes,
  ...walletFreezeRoutes,
  ...incidentRoutes,
  ...containmentRoutes,
  ...orderRoutes,
  ...handoverRoutes,
  ...canaryRoutes,
  ...webhookRoutes,
  ...reportRoutes,
  ...mintExportRoutes,
  ...brandRoutes,
  ...mintJobRoutes,
  ...mintTokenRoutes,
  ...scanRoutes,
} as const;

export type RouteTable = typeof ROUTES;
export type RouteId = keyof RouteTable;
/** The routes that one signature only proposes: nothing but a second person's approval executes them. */
export type CriticalRouteId = {
  [Id in RouteId]: RouteTable[Id] extends { risk: { level: 'critical' } } ? Id : never;
}[RouteId];
export const ROUTE_IDS = Object.keys(ROUTES) as RouteId[];

/** The route as the plain interface, for code that treats all routes alike. */
export const routeOf = (id: RouteId): Route => ROUTES[id];

export const isRouteId = (id: string): id is RouteId => Object.hasOwn(ROUTES, id);

type Part<R, K extends string> = R extends Record<K, infer S extends z.ZodType> ? S : undefined;
type Side<S, D extends 'input' | 'output'> = S extends z.ZodType
  ? D extends 'input'
    ? z.input<S>
    : z.output<S>
  : undefined;
type Given<T> = { [K in keyof T as T[K] extends undefined ? never : K]: T[K] };

/** What a caller passes: only the parts that the route declares. */
export type CallInput<Id extends RouteId> = Given<{
  params: Side<Part<RouteTable[Id], 'params'>, 'input'>;
  query: Side<Part<RouteTable[Id], 'query'>, 'input'>;
  body: Side<Part<RouteTable[Id], 'body'>, 'input'>;
}>;

/** What a handler receives after validation. */
export type HandlerInput<Id extends RouteId> = Given<{
  params: Side<Part<RouteTable[Id], 'params'>, 'output'>;
  query: Side<Part<RouteTable[Id], 'query'>, 'output'>;
  body: Side<Part<RouteTable[Id], 'body'>, 'output'>;
}>;

type SuccessOf<A> = A extends { 200: infer S extends z.ZodType }
  ? z.output<S>
  : A extends { 201: infer S extends z.ZodType }
    ? z.output<S>
    : A extends { 202: infer S extends z.ZodType }
      ? z.output<S>
      : never;

/** The body of a success. */
export type CallAnswer<Id extends RouteId> = SuccessOf<RouteTable[Id]['answers']>;
