import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { agentHealth } from '../../limits/heartbeat/heartbeat.ts';
import { pageAccounts, readIdentityAccount } from './accounts.store.ts';
import { pageAgents, readIdentityAgent } from './agents.store.ts';
import { type ContainDeps, containHandlers } from './contain.ts';
import { pageKeys } from './keys.store.ts';
import { cutPage, pageOf } from './page.ts';
import { toIdentityAccount, toIdentityAgent, toIdentityKey, toIdentitySession } from './rules.ts';
import { pageSessions } from './sessions.store.ts';

type Reads = 'account' | 'accounts' | 'agent' | 'agents' | 'sessions' | 'keys';
type DirectoryHandlers = Pick<Handlers, `identity.${Reads}`>;
type Db = Pick<Database, 'kysely'>;

const accounts =
  ({ kysely }: Db): DirectoryHandlers['identity.accounts'] =>
  async ({ query: { limit, cursor, search, state, role } }, ctx) => {
    const wanted = { ...pageOf({ limit, cursor, search }, 'account'), state, role };
    const rows = await pageAccounts(kysely, wanted, ctx.now());
    const { page, nextCursor } = cutPage(rows.map(toIdentityAccount), limit);
    return { status: 200, body: { accounts: page, nextCursor } };
  };

const account =
  ({ kysely }: Db): DirectoryHandlers['identity.account'] =>
  async ({ params: { id } }, ctx) => {
    const row = await readIdentityAccount(kysely, id, ctx.now());
    if (!row) throw new HttpError('not_found', `there is no account ${id}`);
    return { status: 200, body: { account: toIdentityAccount(row) } };
  };

const agents =
  ({ kysely }: Db): DirectoryHandlers['identity.agents'] =>
  async ({ query: { limit, cursor, search, state, account } }) => {
    const wanted = { ...pageOf({ limit, cursor, search }, 'agent'), state, account };
    const { page, nextCursor } = cutPage((await pageAgents(kysely, wanted)).map(toIdentityAgent), limit);
    return { status: 200, body: { agents: page, nextCursor } };
  };

const agent =
  (db: Db): DirectoryHandlers['identity.agent'] =>
  async ({ params: { id } }, ctx) => {
    const row = await readIdentityAgent(db.kysely, id);
    if (!row) throw new HttpError('not_found', `there is no agent ${id}`);
    const health = await agentHealth(db, id, ctx.now());
    return { status: 200, body: { agent: toIdentityAgent(row), health } };
  };

const sessions =
  ({ kysely }: Db): DirectoryHandlers['identity.sessions'] =>
  async ({ query: { limit, cursor, search, state, account } }, ctx) => {
    const now = ctx.now();
    const wanted = { ...pageOf({ limit, cursor, search }, 'accountSession'), state, account };
    const rows = await pageSessions(kysely, wanted, now);
    const { page, nextCursor } = cutPage(
      rows.map((row) => toIdentitySession(row, now)),
      limit,
    );
    return { status: 200, body: { sessions: page, nextCursor } };
  };

const keys =
  ({ kysely }: Db): DirectoryHandlers['identity.keys'] =>
  async ({ query: { limit, cursor, search, family, state, account, agent } }, ctx) => {
    const now = ctx.now();
    const page = pageOf({ limit, cursor, search }, 'key', 'identityToken');
    const rows = await pageKeys(kysely, { ...page, family, state, account, agent }, now);
    const cut = cutPage(
      rows.map((row) => toIdentityKey(row, now)),
      limit,
    );
    return { status: 200, body: { keys: cut.page, nextCursor: cut.nextCursor } };
  };

export const identityHandlers = (
  deps: ContainDeps & { readonly db: Db },
): Pick<Handlers, Extract<keyof Handlers, `identity.${string}`>> => ({
  'identity.accounts': accounts(deps.db),
  'identity.account': account(deps.db),
  'identity.agents': agents(deps.db),
  'identity.agent': agent(deps.db),
  'identity.sessions': sessions(deps.db),
  'identity.keys': keys(deps.db),
  ...containHandlers(deps),
});
