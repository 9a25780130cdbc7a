import type { Principal, RequestContext } from './context.ts';
import { HttpError } from './http-error.ts';

/**
 * The account that the request comes from: by its session, or by a management key of its own. An agent is not its owner, and an
 * inference key only spends what its owner allows.
 */
export function callingAccount(principal: Principal): string | null {
  if (principal.type === 'account') return principal.id;
  return principal.type === 'key' && principal.family === 'management' ? principal.accountId : null;
}

/** The gate lets only accounts through to such a route; one that forgot to say so fails closed. */
export function requireAccount({ principal }: RequestContext): string {
  const account = callingAccount(principal);
  if (account === null) throw new HttpError('unauthorized', 'another credential is needed');
  return account;
}
