import type { Holding } from './reach.ts';
import type { Credential } from './store.ts';

/** Whether it is accepted now. */
export const isGood = (
  { revokedAt, expiresAt }: Pick<Credential, 'revokedAt' | 'expiresAt'>,
  now: Date,
): boolean => revokedAt === null && (expiresAt === null || expiresAt > now);

export function stateOf(credential: Credential, now: Date): 'active' | 'expired' | 'revoked' {
  if (credential.revokedAt !== null) return 'revoked';
  return isGood(credential, now) ? 'active' : 'expired';
}

/** What somebody stands before the gate with who holds this. */
export function holdingOf({ kind, accountId, accountRole, operatorRole }: Credential): Holding {
  switch (kind) {
    case 'account':
    case 'session':
      return { bearer: 'session', ...(accountRole ? { accountRole } : {}) };
    case 'management':
    case 'inference':
      return { bearer: kind };
    case 'platform':
      return { bearer: 'platform', claimed: accountId !== null };
    case 'operator':
      return { bearer: 'admin', ...(operatorRole ? { operatorRole } : {}) };
    case 'admin-token':
      return { bearer: 'admin' };
    case 'facilitator':
      return { bearer: 'facilitator' };
    // An identity token proves who somebody is, a refresh token is exchanged, and the payer's session never leaves the service.
    case 'refresh-token':
    case 'identity':
    case 'payer-session':
      return { bearer: null };
  }
}
