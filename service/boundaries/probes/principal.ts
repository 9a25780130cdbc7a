import { createHash, timingSafeEqual } from 'node:crypto';
import { PROBE_DOMAIN } from '../../../shared/boundaries/probe-tenant.ts';
import { thumbprint } from '../../../shared/http/sign.ts';
import { type RouteId, routeOf } from '../../../shared/http/table.ts';
import type { KeysOf } from '../../../shared/service/launch.ts';
import { HttpError } from '../../gate/http-error.ts';

/** The operator that the probes sign as. It is in no roster, is invited by nobody, and counts for no rule of two. */
export const PROBER_ID = 'opr_00000000000000000000000000';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** Whether it is a route that the probes' operator signs, and that nobody else does. */
const isOwn = (route: RouteId): boolean => routeOf(route).policy.confinedTo === 'probes';

interface Refused {
  readonly route: RouteId | null;
  readonly error: string | null;
  readonly spoofed: boolean;
}

/**
 * A stranger who is refused while claiming an address that nobody vouches for is counted apart from one who is only refused.
 * A replay is found after the signature has been verified and `confine` has let it pass, so that on a route of the probes it is
 * their own signature, whoever sent it. It gets a reason of its own, because they send one in each round.
 * @returns the reason under which a refusal is counted
 */
export function reasonOf({ route, error, spoofed }: Refused): string {
  if (error === 'signature_replayed' && route !== null && isOwn(route)) return 'probe_replayed';
  return error === 'unauthorized' && spoofed ? 'spoofed_address' : String(error);
}

export interface Prober {
  /** SHA-256 (hex) of the token, when it is the probes' own. */
  tokenHash(token: string): string | null;
  operator(keyId: string): ProberOperator | null;
  /**
   * Whether somebody may open an account under this address. Those of the tenant are the probes' own, who are known by the
   * password that they give it: it is derived from the root of the service, and nothing else on the wire tells them apart.
   */
  mayRegister(emailKey: string, password: string): boolean;
  /** @throws HttpError `forbidden` for the probes on any other route, `conflict` for anybody else on theirs */
  confine(route: RouteId, operatorId: string | undefined): void;
}

export interface ProberOperator {
  readonly id: string;
  readonly name: string;
  readonly role: 'reviewer';
  readonly keyId: string;
  readonly publicKey: string;
}

/** How the gate knows the probes: by a key and a token that no request can claim, never by anything a request says. */
export function createProber(known: KeysOf<'api'>['prober']): Prober {
  const isOne = (text: string, hash: string | undefined): boolean =>
    hash !== undefined && timingSafeEqual(sha256(Buffer.from(text)), Buffer.from(hash, 'hex'));
  const self: ProberOperator | null = known
    ? {
        ...{ id: PROBER_ID, name: 'Probes', role: 'reviewer', publicKey: known.publicKey },
        keyId: thumbprint(known.publicKey, sha256),
      }
    : null;
  return {
    tokenHash: (token) => (known && isOne(token, known.tokenHash) ? known.tokenHash : null),
    operator: (keyId) => (self?.keyId === keyId ? self : null),
    mayRegister: (emailKey, password) =>
      !emailKey.endsWith(`@${PROBE_DOMAIN}`) || isOne(password, known?.accountHash),
    confine: (route, operatorId) => {
      if (isOwn(route) === (operatorId === PROBER_ID)) return;
      if (operatorId === PROBER_ID)
        throw new HttpError('forbidden', 'the probes report rounds of probes and sign nothing else');
      throw new HttpError('conflict', 'rounds are begun and reported by the probes themselves; ask for one');
    },
  };
}
