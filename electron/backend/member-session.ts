import type { SessionTokens } from '../../shared/http/auth.ts';
import type { CallAnswer, RouteId } from '../../shared/http/table.ts';
import { routeOf } from '../../shared/http/table.ts';
import type { MemberStatus } from '../../shared/ipc/member.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { MemberAnswer, MemberAsk } from '../keeper/protocol.ts';

/** An access token with less than this to live is renewed first: it must outlast the request that carries it. */
const SPARE_MS = 60_000;
const ANSWER_MS = 8_000;

interface Deps {
  readonly keeper: (ask: MemberAsk) => Promise<MemberAnswer>;
  /** Origin of the public plane; null while the service does not serve. */
  readonly origin: () => string | null;
  readonly now: () => number;
}

interface Access {
  readonly token: string;
  readonly until: number;
}

type AuthRoute = Extract<RouteId, 'auth.login' | 'auth.refresh' | 'auth.logout'>;

const signedOut = (message: string): Refusal =>
  new Refusal('request-failed', message, { service: { type: 'unauthorized', status: 401 } });

const NOBODY = 'No member is signed in. Sign in as a member of the brand first.';
const REFUSED: Readonly<Record<AuthRoute, string>> = {
  'auth.login': 'The service did not accept this e-mail address and password. Sign in again.',
  'auth.refresh': 'The member’s session has ended. Sign in again.',
  'auth.logout': 'The session had ended already.',
};

const down = (cause?: unknown): Refusal =>
  new Refusal('service-down', 'The service does not answer. Its state is shown in the status bar.', {
    retryable: true,
    cause,
  });

/** One request of the plane that opens sessions, with what its answer must be. */
const poster =
  (origin: Deps['origin']) =>
  async <Id extends AuthRoute>(route: Id, body: object, bearer?: string): Promise<CallAnswer<Id>> => {
    const base = origin();
    if (!base) throw down();
    const response = await fetch(new URL(routeOf(route).path, base), {
      ...{ method: 'POST', redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) },
      headers: {
        'content-type': 'application/json',
        ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      },
      body: JSON.stringify(body),
    }).catch((cause: unknown) => {
      throw down(cause);
    });
    if (response.status === 401) throw signedOut(REFUSED[route]);
    const parsed = routeOf(route).answers[200]?.safeParse(await response.json().catch(() => undefined));
    if (response.status === 200 && parsed?.success) return parsed.data as CallAnswer<Id>;
    throw new Refusal('request-failed', `The service refused the session (${response.status}). Try again.`, {
      retryable: true,
    });
  };

/** The access token in this memory, and its renewals. */
function accessOf({ keeper, origin, now }: Deps) {
  const post = poster(origin);
  let access: Access | null = null;
  let renewing: Promise<Access> | null = null;
  /** Grows at a lock: what was under way then must leave nothing behind. */
  let era = 0;

  async function accept(email: string, tokens: SessionTokens, began: number): Promise<Access> {
    if (began !== era) throw new Refusal('locked', 'The vault was locked before the session was kept.');
    // Kept before it is used: a session whose next refresh token is not in the vault could not be renewed.
    await keeper({ what: 'keep', email, refreshToken: tokens.refreshToken });
    if (began !== era) throw new Refusal('locked', 'The vault was locked before the session was used.');
    access = { token: tokens.accessToken, until: Date.parse(tokens.expiresAt) };
    return access;
  }

  async function renew(): Promise<Access> {
    const began = era;
    const { who, refreshToken } = await keeper({ what: 'open' });
    if (who === null || refreshToken === null) throw signedOut(NOBODY);
    try {
      return await accept(who, (await post('auth.refresh', { refreshToken })).tokens, began);
    } catch (error) {
      // A refresh token that was refused is worth nothing; a service that is away has refused nothing.
      if (error instanceof Refusal && error.service?.status === 401) await keeper({ what: 'drop' });
      throw error;
    }
  }

  /** Many that arrive at once share one renewal: a refresh token is good for one use. @throws Refusal */
  async function token(): Promise<string> {
    if (access && access.until - now() > SPARE_MS) return access.token;
    renewing ??= renew();
    const mine = renewing;
    try {
      return (await mine).token;
    } finally {
      if (renewing === mine) renewing = null;
    }
  }

  const drop = (): void => {
    access = null;
  };
  const forget = (): void => {
    era += 1;
    [access, renewing] = [null, null];
  };
  return { post, accept, token, drop, forget, era: () => era };
}

/**
 * The session of a member of a brand. The refresh token is the vault's and here for one request at a time; the access token
 * lives in this memory and dies at the lock. Neither is ever part of an answer to the page.
 */
export function createMemberSession(deps: Deps) {
  const { keeper } = deps;
  const { post, accept, token, drop, forget, era } = accessOf(deps);
  const status = async (): Promise<MemberStatus> => ({ who: (await keeper({ what: 'who' })).who });
  return {
    token,
    status,
    forget,
    /** The service said no to the access token: the next request renews it first. */
    rejected: drop,
    async signIn(): Promise<MemberStatus> {
      const began = era();
      const { credentials } = await keeper({ what: 'sign-in' });
      if (!credentials) throw signedOut(NOBODY);
      await accept(credentials.email, (await post('auth.login', credentials)).tokens, began);
      return status();
    },
    /** Ends it at the service too, when that can be reached; in the vault it ends in any case. */
    async signOut(): Promise<MemberStatus> {
      const bearer = await token().catch(() => null);
      if (bearer !== null) await post('auth.logout', {}, bearer).catch(() => undefined);
      forget();
      await keeper({ what: 'drop' });
      return status();
    },
  };
}
export type MemberSession = ReturnType<typeof createMemberSession>;
