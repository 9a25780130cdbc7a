import type { BrandRole } from '../../shared/http/minting.ts';
import type { RequestContext } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';

/** What both kinds of brand routes need to know of the caller's place in a brand. */
export interface Membership {
  readonly role: BrandRole;
}

/** Who calls: the gate lets nobody else through, and a route that forgot to say so fails closed. */
export function accountOf({ principal }: RequestContext): string {
  if (principal.type !== 'account') throw new HttpError('unauthorized', 'another credential is needed');
  return principal.id;
}

/** Of a brand that is another's nothing is told, not even that it exists. */
export function requireMember<T extends Membership>(found: T | undefined, what: string): T {
  if (!found) throw new HttpError('not_found', `there is no such ${what}`);
  return found;
}

/** @throws HttpError `forbidden` for a member whose role does not include this */
export function requireRole({ role }: Membership, allowed: readonly BrandRole[]): void {
  if (!allowed.includes(role))
    throw new HttpError(
      'forbidden',
      `this takes a member who is ${allowed.join(' or ')} of the brand; you are ${role}`,
    );
}

export const MAY_MINT: readonly BrandRole[] = ['owner', 'admin'];
export const MAY_MANAGE: readonly BrandRole[] = ['owner'];

/** The operator who signed beside the member's session, for the ledger. */
export const countersignedBy = ({ countersigner }: RequestContext): string | null =>
  countersigner?.id ?? null;
