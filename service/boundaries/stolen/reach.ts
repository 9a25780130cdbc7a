import type { CredentialKind, Reach } from '../../../shared/http/containment.ts';
import {
  type AccountRole,
  type Bearer,
  bearersOf,
  type OperatorRole,
  type Route,
} from '../../../shared/http/route.ts';
import { ROUTE_IDS, routeOf } from '../../../shared/http/table.ts';

/** What somebody stands before a route with. */
export interface Holding {
  /** Null: it proves something to somebody, and opens no route. */
  readonly bearer: Bearer | null;
  readonly accountRole?: AccountRole;
  /** Whether somebody has claimed the agent. */
  readonly claimed?: boolean;
  /** Whose key signs, beside the admin token that it needs. */
  readonly operatorRole?: OperatorRole;
}

type Opens = 'yes' | 'proposes' | 'no';

/** Whether the policy of a route lets this in. What is open to everybody is opened by no credential. */
export function opens({ policy, risk }: Route, holding: Holding): Opens {
  const { bearer, accountRole, claimed, operatorRole } = holding;
  if (policy.bearer === 'none' || bearer === null || !bearersOf(policy).includes(bearer)) return 'no';
  if (bearer === 'session' && policy.roles && (!accountRole || !policy.roles.includes(accountRole)))
    return 'no';
  if (bearer === 'platform' && policy.claimed === 'required' && !claimed) return 'no';
  if (policy.signed === 'no') return 'yes';
  if (policy.confinedTo !== undefined) return 'no';
  if (policy.signed === 'by-enrolling-key' || !operatorRole || !policy.signed.includes(operatorRole))
    return 'no';
  return risk?.level === 'critical' ? 'proposes' : 'yes';
}

/** Every route that this opens, from the table of routes: there is no second list that could be wrong. */
export function reachOf(holding: Holding): Reach[] {
  return ROUTE_IDS.flatMap((id) => {
    const route = routeOf(id);
    const verdict = opens(route, holding);
    if (verdict === 'no') return [];
    const { method, path, summary, effect } = route;
    return [{ route: id, method, path, summary, effect, proposes: verdict === 'proposes' }];
  });
}

/** What whoever holds it can make with it, or turn it into. */
export const BECOMES: Readonly<Record<CredentialKind, readonly CredentialKind[]>> = {
  account: ['session', 'management', 'inference', 'platform', 'identity'],
  session: ['management', 'inference', 'platform', 'identity'],
  // It is exchanged for a session of the same family.
  'refresh-token': ['session', 'management', 'inference', 'platform', 'identity'],
  management: ['management', 'inference'],
  inference: [],
  platform: ['identity'],
  identity: [],
  'payer-session': [],
  operator: ['inference', 'payer-session'],
  'admin-token': [],
  facilitator: [],
};
