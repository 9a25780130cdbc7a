import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Commit } from '../../identity/mutation.ts';
import { eventOf, type SecretsDeps } from './deps.ts';
import { keepSecret } from './keep.ts';
import { toProviderSecret } from './rules.ts';
import { deleteSecret, listOwned, readAlwaysMine, type SecretOwner, writeAlwaysMine } from './store.ts';

export interface SecretHandlerDeps extends SecretsDeps {
  readonly commit: Commit;
}

type OwnHandlers = Pick<Handlers, Extract<keyof Handlers, `provider-keys.${string}`>>;

/** More keys than one account has providers and agents for; the list is not paged. */
const LISTED = 500;

/** The gate lets only this kind through; a route that forgot to say so fails closed. */
function accountOf({ principal }: RequestContext): string {
  if (principal.type !== 'account') throw new HttpError('unauthorized', 'a session is needed');
  return principal.id;
}

/** An agent's key is the one of X-Agent-Id, which the gate has found to be the account's own, and so claimed. */
function ownerOf(ctx: RequestContext, scope: 'agent' | 'account'): SecretOwner {
  if (scope === 'account') return { scope, id: accountOf(ctx) };
  if (ctx.agent === null) throw new HttpError('agent_required', 'name one of your agents in X-Agent-Id');
  return { scope, id: ctx.agent };
}

const put =
  ({ commit, ...deps }: SecretHandlerDeps): OwnHandlers['provider-keys.put'] =>
  ({ body: { provider, scope, material } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const wanted = { provider, owner: ownerOf(ctx, scope), material, by: accountOf(ctx) };
      const { row, updated } = await keepSecret(tx, deps, wanted, stage);
      const secret = toProviderSecret(row);
      return updated
        ? ({ status: 200, body: { secret, updated } } as const)
        : ({ status: 201, body: { secret, updated: false } } as const);
    });

const list =
  ({ db }: SecretHandlerDeps): OwnHandlers['provider-keys.list'] =>
  async (_input, ctx) => {
    const accountId = accountOf(ctx);
    const [rows, alwaysMine] = await Promise.all([
      listOwned(db.kysely, accountId, LISTED),
      readAlwaysMine(db.kysely, accountId),
    ]);
    return { status: 200, body: { secrets: rows.map(toProviderSecret), alwaysMine } };
  };

const remove =
  ({ commit }: SecretHandlerDeps): OwnHandlers['provider-keys.delete'] =>
  ({ params: { id } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const row = await deleteSecret(tx, id, accountOf(ctx));
      // Somebody else's is answered like one that never was.
      if (!row) throw new HttpError('not_found', `you have no provider key ${id}`);
      await stage('provider-secret.deleted', { ...eventOf(row), reason: null });
      return { status: 200, body: { id } } as const;
    });

const alwaysMine =
  ({ commit }: SecretHandlerDeps): OwnHandlers['provider-keys.always-mine'] =>
  ({ body: { alwaysMine: wanted } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const accountId = accountOf(ctx);
      await writeAlwaysMine(tx, accountId, wanted, ctx.now());
      await stage('provider-secret.always-mine-set', { accountId, alwaysMine: wanted });
      return { status: 200, body: { alwaysMine: wanted } } as const;
    });

/** What an account does with its own provider keys. */
export const ownSecretHandlers = (deps: SecretHandlerDeps): OwnHandlers => ({
  'provider-keys.put': put(deps),
  'provider-keys.list': list(deps),
  'provider-keys.delete': remove(deps),
  'provider-keys.always-mine': alwaysMine(deps),
});
