import type { LimitScope } from '../../shared/http/limits.ts';
import { LOCAL_CLIENT } from './client-address.ts';
import type { Principal } from './context.ts';
import type { Exchange, GateDeps } from './exchange.ts';
import { type LimitRule, type LimitSubject, limitHeaders, refuseOverLimit, tighter } from './rate.ts';

async function take(
  deps: GateDeps,
  { request, reply }: Exchange,
  scope: LimitScope,
  subject: LimitSubject,
  rule: LimitRule,
): Promise<void> {
  const decision = await deps.limiter.take(scope, subject, rule, request.gate.decision !== null);
  if (!decision.allowed) deps.overLimit(scope, subject);
  const now = deps.now().getTime();
  refuseOverLimit(decision, scope, now);
  request.gate.decision = tighter(request.gate.decision, decision);
  void reply.headers(limitHeaders(request.gate.decision, now));
}

export async function takeAddress(deps: GateDeps, exchange: Exchange): Promise<void> {
  const { clientAddress } = exchange.request.gate;
  // The Unix socket is a boundary of its own: whoever may open it is this host's one user.
  if (clientAddress === LOCAL_CLIENT) return;
  await take(deps, exchange, 'ip', deps.addressSubject(clientAddress), deps.rules.ip);
}

export async function takeKey(
  deps: GateDeps,
  exchange: Exchange,
  key: Pick<Extract<Principal, { type: 'key' }>, 'id' | 'displayPrefix' | 'requestsPerMinute'>,
): Promise<void> {
  const rule = { limit: key.requestsPerMinute, windowSeconds: 60 };
  await take(deps, exchange, 'key', { id: key.id, label: key.displayPrefix }, rule);
}

/** Of all keys that an agent ever has together: a rekey gives it no second allowance. */
export async function takeAgent(deps: GateDeps, exchange: Exchange, agentId: string): Promise<void> {
  await take(deps, exchange, 'agent', { id: agentId, label: agentId }, deps.rules.agent);
}

export async function takeOperator(deps: GateDeps, exchange: Exchange, principal: Principal): Promise<void> {
  const subject =
    principal.type === 'operator'
      ? { id: principal.id, label: principal.name }
      : { id: principal.type, label: 'not enrolled' };
  await take(deps, exchange, 'operator', subject, deps.rules.operator);
}
