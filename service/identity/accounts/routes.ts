import { idOf, makeId } from '../../../shared/ids/ids.ts';
import type { Database } from '../../db/database.ts';
import { isRefusedBy } from '../../db/database-error.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Commit, Done, Mutate } from '../mutation.ts';
import { requireNamed } from '../named.ts';
import { accountActor, type IssueDeps, openSession } from '../sessions/issue.ts';
import { revokeSessions } from '../sessions/store.ts';
import type { Passwords } from './passwords.ts';
import { emailKey, requireLogin, toAccount, toAccountState, wrongLogin } from './rules.ts';
import {
  findLogin,
  insertAccount,
  listAccounts,
  lockAccount,
  readAccountState,
  updateRole,
} from './store.ts';

export interface AccountHandlerDeps extends IssueDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly commit: Commit;
  readonly mutate: Mutate;
  readonly passwords: Passwords;
  /** Some addresses are the service's own. */
  mayRegister(emailKey: string, password: string): boolean;
}

type AccountHandlers = Pick<
  Handlers,
  | 'auth.register'
  | 'auth.login'
  | 'accounts.list'
  | 'accounts.directory'
  | 'accounts.set-role'
  | 'accounts.revoke-sessions'
>;

const register =
  ({ commit, passwords, random, mayRegister }: AccountHandlerDeps): AccountHandlers['auth.register'] =>
  async ({ body: { email, password } }, ctx) => {
    const key = emailKey(email);
    if (!mayRegister(key, password))
      throw new HttpError('forbidden', 'addresses of this domain are kept for the service itself');
    const passwordHash = await passwords.hash(password);
    const createdAt = ctx.now();
    const id = makeId('account', random(10), createdAt.getTime());
    const row = await commit(ctx, async (tx, stage) => {
      const account = { id, email, emailKey: key, passwordHash, role: 'user', createdAt } as const;
      const inserted = await insertAccount(tx, account);
      await stage('account.registered', { accountId: id, role: 'user' }, accountActor(id));
      return inserted;
    }).catch((error: unknown) => {
      if (!isRefusedBy(error, 'accounts_email_once')) throw error;
      throw new HttpError('conflict', 'this e-mail address has an account', { cause: error });
    });
    return { status: 201, body: { account: toAccount(row) } };
  };

const login =
  (deps: AccountHandlerDeps): AccountHandlers['auth.login'] =>
  async ({ body }, ctx) => {
    const account = await requireLogin((key) => findLogin(deps.db.kysely, key), deps.passwords, body);
    const tokens = await deps
      .commit(ctx, (tx, stage) => openSession(tx, stage, deps, { accountId: account.id, now: ctx.now() }))
      .catch((error: unknown) => {
        // Contained since the password was compared.
        throw isRefusedBy(error, 'account_is_contained') ? wrongLogin(error) : error;
      });
    return { status: 200, body: { account: toAccount(account), tokens } };
  };

const cursorId = idOf('account');

const list =
  ({ db }: AccountHandlerDeps): AccountHandlers['accounts.list'] =>
  async ({ query: { limit, cursor } }, ctx) => {
    if (cursor !== undefined && !cursorId.safeParse(cursor).success)
      throw new HttpError('bad_request', 'this cursor is not one of ours');
    // One more than asked for tells whether another page follows.
    const rows = await listAccounts(db.kysely, { before: cursor, limit: limit + 1 }, ctx.now());
    const accounts = rows.slice(0, limit).map(toAccountState);
    const nextCursor = rows.length > limit ? (accounts.at(-1)?.id ?? null) : null;
    return { status: 200, body: { accounts, nextCursor } };
  };

const absent = (id: string) => new HttpError('not_found', `there is no account ${id}`);

const setRole =
  ({ mutate }: AccountHandlerDeps): AccountHandlers['accounts.set-role'] =>
  ({ params: { id }, body: { email, role, reason } }, ctx) =>
    mutate('accounts.set-role', ctx, async (tx, stage): Promise<Done<'accounts.set-role'>> => {
      const row = await lockAccount(tx, id);
      if (!row) throw absent(id);
      requireNamed(id, { email }, { email: row.email });
      if (row.role === role) throw new HttpError('conflict', `${id} is ${role} already`);
      await updateRole(tx, id, role);
      const change = { accountId: id, from: row.role, to: role, reason };
      const eventId = await stage('account.role-changed', change);
      const account = toAccountState(await readAccountState(tx, id, ctx.now()));
      return { subject: id, answer: { status: 200, body: { account, eventId } } };
    });

const revokeAll =
  ({ mutate }: AccountHandlerDeps): AccountHandlers['accounts.revoke-sessions'] =>
  ({ params: { id }, body: { email, reason } }, ctx) =>
    mutate('accounts.revoke-sessions', ctx, async (tx, stage): Promise<Done<'accounts.revoke-sessions'>> => {
      const row = await lockAccount(tx, id);
      if (!row) throw absent(id);
      requireNamed(id, { email }, { email: row.email });
      const ended = await revokeSessions(tx, { accountId: id, sessionId: null }, ctx.now(), 'operator');
      const cause = 'operator';
      const eventId = await stage('session.revoked', {
        accountId: id,
        sessionId: null,
        count: ended,
        cause,
        reason,
      });
      return { subject: id, answer: { status: 200, body: { ended, eventId } } };
    });

export const accountHandlers = (deps: AccountHandlerDeps): AccountHandlers => ({
  'auth.register': register(deps),
  'auth.login': login(deps),
  'accounts.list': list(deps),
  'accounts.directory': list(deps),
  'accounts.set-role': setRole(deps),
  'accounts.revoke-sessions': revokeAll(deps),
});
