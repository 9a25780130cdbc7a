import { bearersOf, type Route } from '../../shared/http/route.ts';

export class GateError extends Error {
  override readonly name = 'GateError';
  readonly code:
    | 'no-policy'
    | 'no-handler'
    | 'no-answer'
    | 'unsigned-mutation'
    | 'no-risk'
    | 'one-signature'
    | 'undeclared-answer';

  constructor(code: GateError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A critical route answers a proposal and has no handler: there is nothing that one signature could run. */
function requireSecondPerson(id: string, route: Route, handlers: Readonly<Record<string, unknown>>): void {
  const answers = Object.keys(route.answers);
  if (Object.hasOwn(handlers, id) || answers.join() !== '202' || !Array.isArray(route.policy.signed))
    throw new GateError('one-signature', `critical route ${id} could act without a second person`);
}

/**
 * Only a public mutation may be unsigned, and it says why. The admin plane and the admin token have no such way out, and the
 * facilitator is nobody that the ledger could name.
 */
function requireReason(id: string, { plane, policy }: Route): void {
  const readsOnly = bearersOf(policy).some((bearer) => bearer === 'admin' || bearer === 'facilitator');
  if (plane === 'admin' || readsOnly || !policy.unsignedBecause)
    throw new GateError('unsigned-mutation', `route ${id} changes something and nobody signs it`);
}

/**
 * What must hold for every route before anything listens. The types say most of it; this holds for tables that were put
 * together at run time too, and it is what fails a build that declares a door without a lock.
 * @throws GateError
 */
export function checkTable(
  routes: Readonly<Record<string, Route>>,
  handlers: Readonly<Record<string, unknown>>,
): void {
  for (const [id, route] of Object.entries(routes)) {
    if (!route.policy?.bearer || !route.policy.signed)
      throw new GateError('no-policy', `route ${id} declares no policy`);
    if (route.risk?.level === 'critical') requireSecondPerson(id, route, handlers);
    else if (typeof handlers[id] !== 'function')
      throw new GateError('no-handler', `route ${id} has no handler`);
    if (!route.stream && Object.keys(route.answers).length === 0)
      throw new GateError('no-answer', `route ${id} declares no answer`);
    if (route.effect !== 'mutate') continue;
    if (route.policy.signed === 'no') {
      requireReason(id, route);
      if (!route.policy.countersigned) continue;
    }
    if (!route.risk || (route.risk.level !== 'routine' && !route.card))
      throw new GateError('no-risk', `route ${id} says neither its risk nor its card`);
  }
}
