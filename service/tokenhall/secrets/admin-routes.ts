import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../../identity/mutation.ts';
import { requireNamed } from '../../identity/named.ts';
import { eventOf, type SecretsDeps } from './deps.ts';
import { keepSecret } from './keep.ts';
import { retire, rootsState, rotate } from './rotation/rotate.ts';
import { toProviderSecret } from './rules.ts';
import { countAlwaysMine, deleteSecret, listSecrets } from './store.ts';

export interface AdminSecretHandlerDeps extends SecretsDeps {
  readonly mutate: Mutate;
}

type AdminHandlers = Pick<
  Handlers,
  Extract<keyof Handlers, `provider-secrets.${string}` | `secret-roots.${string}`>
>;

const list =
  ({ db }: AdminSecretHandlerDeps): AdminHandlers['provider-secrets.list'] =>
  async ({ query: { limit, cursor, ...filter } }) => {
    // One more than asked for tells whether another page follows.
    const rows = await listSecrets(db.kysely, { ...filter, before: cursor, limit: limit + 1 });
    const secrets = rows.slice(0, limit).map(toProviderSecret);
    const nextCursor = rows.length > limit ? (secrets.at(-1)?.id ?? null) : null;
    const alwaysMineAccounts = await countAlwaysMine(db.kysely);
    return { status: 200, body: { secrets, nextCursor, alwaysMineAccounts } };
  };

const PLATFORM = { scope: 'platform', id: null } as const;

const setPlatform =
  ({ mutate, ...deps }: AdminSecretHandlerDeps): AdminHandlers['provider-secrets.set-platform'] =>
  ({ body: { provider, material } }, ctx) =>
    mutate(
      'provider-secrets.set-platform',
      ctx,
      async (tx, stage): Promise<Done<'provider-secrets.set-platform'>> => {
        const wanted = { provider, owner: PLATFORM, material, by: actorOf(ctx).id };
        const { row, updated, eventId } = await keepSecret(tx, deps, wanted, stage);
        const secret = toProviderSecret(row);
        return {
          subject: row.id,
          answer: updated
            ? { status: 200, body: { secret, updated, eventId } }
            : { status: 201, body: { secret, updated: false, eventId } },
        };
      },
    );

const remove =
  ({ mutate }: AdminSecretHandlerDeps): AdminHandlers['provider-secrets.delete'] =>
  ({ params: { id }, body: { provider, scope, reason } }, ctx) =>
    mutate('provider-secrets.delete', ctx, async (tx, stage): Promise<Done<'provider-secrets.delete'>> => {
      const row = await deleteSecret(tx, id, null);
      if (!row) throw new HttpError('not_found', `there is no provider secret ${id}`);
      // The deletion goes back with the rest of the transaction when the card named another secret.
      requireNamed(id, { provider, scope }, { provider: row.provider, scope: row.scope });
      const eventId = await stage('provider-secret.deleted', { ...eventOf(row), reason });
      return { subject: id, answer: { status: 200, body: { id, eventId } } };
    });

const rotateRoot =
  ({ mutate, ...deps }: AdminSecretHandlerDeps): AdminHandlers['secret-roots.rotate'] =>
  ({ body: { version } }, ctx) =>
    mutate('secret-roots.rotate', ctx, async (tx, stage): Promise<Done<'secret-roots.rotate'>> => {
      const eventId = await rotate(tx, deps, version, stage);
      const state = await rootsState(tx, deps);
      return { subject: String(version), answer: { status: 200, body: { state, eventId } } };
    });

const retireRoot =
  ({ mutate, ...deps }: AdminSecretHandlerDeps): AdminHandlers['secret-roots.retire'] =>
  ({ body: { version } }, ctx) =>
    mutate('secret-roots.retire', ctx, async (tx, stage): Promise<Done<'secret-roots.retire'>> => {
      const eventId = await retire(tx, deps, version, stage);
      const state = await rootsState(tx, deps);
      return { subject: String(version), answer: { status: 200, body: { state, eventId } } };
    });

/** What operators do with provider secrets and with the roots that they are encrypted under. */
export const adminSecretHandlers = (deps: AdminSecretHandlerDeps): AdminHandlers => ({
  'provider-secrets.list': list(deps),
  'provider-secrets.set-platform': setPlatform(deps),
  'provider-secrets.delete': remove(deps),
  'secret-roots.state': async () => ({ status: 200, body: await rootsState(deps.db.kysely, deps) }),
  'secret-roots.rotate': rotateRoot(deps),
  'secret-roots.retire': retireRoot(deps),
});
