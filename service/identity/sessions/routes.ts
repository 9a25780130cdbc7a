import type { Database } from '../../db/database.ts';
import type { Handlers, Principal, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { toAccount } from '../accounts/rules.ts';
import { readAccount } from '../accounts/store.ts';
import type { Commit, Done, Mutate } from '../mutation.ts';
import { rotateSigningKey } from './activate.ts';
import { type IssueDeps, refreshSession } from './issue.ts';
import { refusedRefresh } from './rules.ts';
import { readTokenKeys, revokeSessions } from './store.ts';

export interface SessionHandlerDeps extends IssueDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly commit: Commit;
  readonly mutate: Mutate;
  now(): Date;
}

type SessionHandlers = Pick<
  Handlers,
  'auth.refresh' | 'auth.logout' | 'auth.logout-all' | 'auth.me' | 'auth.jwks' | 'auth.rotate-key'
>;

/** The gate lets only accounts through; a route that forgot to say so fails closed. */
function accountOf({ principal }: RequestContext): Extract<Principal, { type: 'account' }> {
  if (principal.type !== 'account') throw new HttpError('unauthorized', 'a session is needed');
  return principal;
}

const refresh =
  (deps: SessionHandlerDeps): SessionHandlers['auth.refresh'] =>
  async ({ body: { refreshToken } }, ctx) => {
    const tokens = await deps.commit(ctx, (tx, stage) =>
      refreshSession(tx, stage, deps, { refreshToken, now: ctx.now() }),
    );
    if (!tokens) throw refusedRefresh();
    return { status: 200, body: { tokens } };
  };

/** Ends the calling session, or all of its account. */
const end =
  ({ commit }: SessionHandlerDeps, cause: 'logout' | 'logout-all') =>
  async (_input: unknown, ctx: RequestContext) => {
    const account = accountOf(ctx);
    const sessionId = cause === 'logout' ? account.sessionId : null;
    const ended = await commit(ctx, async (tx, stage) => {
      const count = await revokeSessions(tx, { accountId: account.id, sessionId }, ctx.now(), cause);
      // Somebody else ended it since the gate looked: nothing was changed, so there is nothing to tell.
      if (count > 0)
        await stage('session.revoked', { accountId: account.id, sessionId, count, cause, reason: null });
      return count;
    });
    return { status: 200, body: { ended } } as const;
  };

const me =
  ({ db }: SessionHandlerDeps): SessionHandlers['auth.me'] =>
  async (_input, ctx) => {
    const { id, sessionId } = accountOf(ctx);
    const row = await readAccount(db.kysely, id);
    if (!row) throw new HttpError('unauthorized', 'this account is gone');
    return { status: 200, body: { account: toAccount(row), sessionId } };
  };

/** The next key is shown ahead, so that whoever keeps a copy of this document knows it before its first token. */
const jwks =
  ({ db, tokenKeys, now }: SessionHandlerDeps): SessionHandlers['auth.jwks'] =>
  async () => {
    const rows = await readTokenKeys(db.kysely);
    const derived = await Promise.all(
      rows.map(async (row) => ({ row, key: await tokenKeys.version(row.version) })),
    );
    const usable = derived.filter(
      ({ row, key }) => key.kid === row.kid && (row.retires_at === null || row.retires_at > now()),
    );
    const next = await tokenKeys.version((rows[0]?.version ?? 0) + 1);
    return { status: 200, body: { keys: [next.jwk, ...usable.map(({ key }) => key.jwk)] } };
  };

const rotate =
  ({ mutate, tokenKeys, lifetimes }: SessionHandlerDeps): SessionHandlers['auth.rotate-key'] =>
  ({ body: { former, reason } }, ctx) =>
    mutate('auth.rotate-key', ctx, async (tx, stage): Promise<Done<'auth.rotate-key'>> => {
      const { key, eventId } = await rotateSigningKey(tx, stage, tokenKeys, {
        former,
        reason,
        now: ctx.now(),
        accessSeconds: lifetimes.accessSeconds,
      });
      const { version, kid } = key;
      return { subject: kid, answer: { status: 200, body: { version, kid, eventId } } };
    });

export const accountSessionHandlers = (deps: SessionHandlerDeps): SessionHandlers => ({
  'auth.refresh': refresh(deps),
  'auth.logout': end(deps, 'logout'),
  'auth.logout-all': end(deps, 'logout-all'),
  'auth.me': me(deps),
  'auth.jwks': jwks(deps),
  'auth.rotate-key': rotate(deps),
});
