import type { Plane } from '../../shared/http/route.ts';
import type { ApiSettings } from '../../shared/service/launch.ts';
import type { Prober } from '../boundaries/probes/principal.ts';
import type { Database } from '../db/database.ts';
import { DatabaseError } from '../db/database-error.ts';
import type { Credentials } from '../gate/bearer.ts';
import { normaliseAddress, type TrustsProxy, trustedProxies } from '../gate/client-address.ts';
import type { Classify } from '../gate/error-answer.ts';
import type { GateDeps } from '../gate/exchange.ts';
import { HttpError } from '../gate/http-error.ts';
import type { AdminTokens } from '../identity/admin-tokens.ts';
import { agentFinder } from '../identity/agents/find.ts';
import { facilitatorCheck } from '../identity/facilitator-secret.ts';
import type { KeyMemory } from '../identity/keys/memory.ts';
import { isApiKey, toPrincipal } from '../identity/keys/rules.ts';
import { findActiveKey } from '../identity/keys/store.ts';
import type { LastSeen } from '../identity/last-seen.ts';
import { findSigningOperator } from '../identity/operators/store.ts';
import { approvalCardFor } from '../identity/proposals/content.ts';
import { hashOf } from '../identity/secret.ts';
import { sessionFinder } from '../identity/sessions/find.ts';
import type { TokenKeys } from '../identity/sessions/token-keys.ts';
import { verifySignature } from '../identity/signature/verify.ts';
import { ticketRedeemer } from '../identity/tickets/redeem.ts';
import type { OpenLimiter } from '../limits/limiter.ts';
import type { Refusals } from '../limits/refusals.ts';
import { classifyMarket } from '../market/rules.ts';
import { ApiStartError } from '../process/start-error.ts';
import { classifyFreeze } from '../treasury/freeze.ts';
import { classifyTreasury } from '../treasury/rules.ts';
import { classifyWalletFreeze } from '../treasury/wallet-freeze.ts';

/** What the rooms' own errors are to a caller. A database that is away is a reason to come back, not an error of theirs. */
export const classifyRooms: Classify = (error) =>
  error instanceof DatabaseError && error.code === 'unavailable'
    ? new HttpError('unavailable', 'the database does not answer now', { retryAfterSeconds: 1, cause: error })
    : (classifyFreeze(error) ??
      classifyWalletFreeze(error) ??
      classifyTreasury(error) ??
      classifyMarket(error));

const credentialsFrom = ({
  db,
  tokens,
  tokenKeys,
  keyMemory,
  now,
  facilitatorHash,
  canaries,
  prober,
}: GateParts): Credentials => ({
  isFacilitator: facilitatorCheck(facilitatorHash),
  adminTokenHash: (token) => tokens.match(token) ?? prober.tokenHash(token),
  ...agentFinder(db),
  findSession: sessionFinder(db, tokenKeys, now),
  redeemTicket: ticketRedeemer(db, tokens, now),
  findKey: async (token) => {
    if (!isApiKey(token)) return null;
    const hash = hashOf(token);
    const row = await keyMemory.find(hash, () => findActiveKey(db.kysely, hash, now()));
    if (!row) canaries?.note(hash);
    return row ? toPrincipal(row) : null;
  },
});

function proxiesOf(entries: readonly string[]): TrustsProxy {
  try {
    return trustedProxies(entries);
  } catch (cause) {
    throw new ApiStartError('settings-invalid', (cause as Error).message, { cause });
  }
}

/** Weak settings have a name and exist in development only. @throws ApiStartError `settings-invalid` */
export function requireSoundSettings({ adminSignatures, environment }: ApiSettings): void {
  if (adminSignatures === 'optional' && environment !== 'development')
    throw new ApiStartError(
      'settings-invalid',
      'ADMIN_SIGNATURES=optional exists in development only. Remove it, or set SALLYPORT_ENV=development.',
    );
}

/**
 * Outside development a stand-alone service speaks to proxies that end TLS, and to nobody else. The bundled one is on a socket
 * and on loopback.
 */
const plainHttpRule = (settings: ApiSettings, trusts: TrustsProxy): GateDeps['refusesPlainHttp'] => {
  if (settings.mode === 'bundled' || settings.environment === 'development') return () => false;
  return (peer, forwardedProto) => {
    if (peer === undefined) return false;
    const address = normaliseAddress(peer) ?? peer;
    return !(trusts(address) && forwardedProto === 'https');
  };
};

/** Where the pages of a listener are served: never anything but https, and not from a socket. */
export function pageOriginOf({ api, admin }: ApiSettings, plane: Plane): string | null {
  const origin = plane === 'public' ? api.origin : admin?.origin;
  return origin?.startsWith('https://') ? new URL(origin).origin : null;
}

export interface GateParts {
  readonly settings: ApiSettings;
  readonly db: Pick<Database, 'kysely'>;
  readonly tokens: AdminTokens;
  readonly facilitatorHash: string | undefined;
  readonly prober: Prober;
  readonly tokenKeys: TokenKeys;
  readonly keyMemory: Pick<KeyMemory, 'find'>;
  readonly limiter: OpenLimiter;
  readonly refusals: Refusals;
  /** Hears of every key that opens nothing; absent where no secret is planted. */
  readonly canaries?: { note(hash: Buffer): void };
  readonly lastSeen: LastSeen;
  readonly adminOrigin: () => string;
  readonly now: () => Date;
}

/** Hands the gate what it leans on, room by room. */
export function gateDeps(parts: GateParts): Omit<GateDeps, 'pageOrigin'> {
  const { settings, db, limiter, refusals, prober, now } = parts;
  const trusts = proxiesOf(settings.trustedProxies);
  const findOperator = async (keyId: string) =>
    prober.operator(keyId) ?? findSigningOperator(db.kysely, keyId);
  const approvalCard = (digest: string, target: string) => approvalCardFor(db, digest, target);
  return {
    trusts,
    credentials: credentialsFrom(parts),
    limiter,
    rules: { ...settings.limits, agent: settings.identity.heartbeat },
    relayBodyBytes: settings.tokenhall.bodyBytes,
    signatures: settings.adminSignatures,
    adminOrigin: parts.adminOrigin,
    verifySignature: async (input) => {
      const verdict = await verifySignature(input, { findOperator, approvalCard, now });
      prober.confine(input.route, verdict.operator?.id);
      return verdict;
    },
    refusesPlainHttp: plainHttpRule(settings, trusts),
    addressSubject: (address) => limiter.addressSubject(address),
    overLimit: (scope, subject) =>
      refusals.note(
        { kind: 'limit', reason: scope, plane: scope === 'operator' ? 'admin' : 'public' },
        subject.id,
      ),
    seen: (principal) => parts.lastSeen.note(principal),
    now,
  };
}
