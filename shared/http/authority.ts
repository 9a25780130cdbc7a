import type { EventKind } from '../ledger/events.ts';
import type { OperatorRole, Risk } from './route.ts';
import { ROUTE_IDS, type RouteId, routeOf } from './table.ts';

/** What a role may sign in one group of routes; a group is the first word of the routes' ids. */
export interface Authority {
  readonly group: string;
  readonly routes: readonly RouteId[];
  /** The gravest of its routes. */
  readonly risk: Risk['level'];
}

const GRAVITY = ['routine', 'sensitive', 'critical'] as const;

const groupOf = (id: RouteId): string => id.slice(0, id.indexOf('.'));

const maySign = (role: OperatorRole, id: RouteId): boolean => {
  const { signed, confinedTo } = routeOf(id).policy;
  return confinedTo === undefined && typeof signed !== 'string' && signed.includes(role);
};

const gravest = (routes: readonly RouteId[]): Risk['level'] =>
  GRAVITY.findLast((level) => routes.some((id) => routeOf(id).risk?.level === level)) ?? 'routine';

/** Everything that a role may put its name to, derived from the table of routes. */
export function authorityOf(role: OperatorRole): Authority[] {
  const signable = ROUTE_IDS.filter((id) => maySign(role, id));
  return [...new Set(signable.map(groupOf))].sort().map((group) => {
    const routes = signable.filter((id) => groupOf(id) === group).sort();
    return { group, routes, risk: gravest(routes) };
  });
}

const isOfProposals = (kind: EventKind): boolean => kind.startsWith('proposal.');

/**
 * Kinds of ledger entries that show a group of routes in use. What is proposed or approved shows the group `proposals` in use: the
 * signature was one of a proposal, and its effect stands in the ledger under whoever approved it.
 */
export function usesOf({ group, routes }: Pick<Authority, 'group' | 'routes'>): EventKind[] {
  const written =
    group === 'proposals'
      ? [...routes.flatMap((id) => routeOf(id).events), 'proposal.proposed' as const].filter(isOfProposals)
      : routes
          .filter((id) => routeOf(id).risk?.level !== 'critical')
          .flatMap((id) => routeOf(id).events.filter((kind) => !isOfProposals(kind)));
  return [...new Set(written)].sort();
}
