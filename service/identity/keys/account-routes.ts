import { idOf } from '../../../shared/ids/ids.ts';
import { formatUnits } from '../../../shared/money/units.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { requireAccount } from '../../gate/principal.ts';
import { lockAccount } from '../accounts/store.ts';
import { readAgent } from '../agents/store.ts';
import { actorOf, type Commit } from '../mutation.ts';
import {
  ACTIVE_KEYS,
  requireChangeable,
  requireMakeable,
  requireOwnKey,
  requireRate,
  unitsOf,
} from './account-rules.ts';
import { mintAccountKey } from './mint.ts';
import { toApiKey } from './rules.ts';
import {
  changeKey,
  countActiveKeys,
  holdActiveKey,
  listKeys,
  lockKey,
  readKey,
  revokeActiveKey,
} from './store.ts';

export interface AccountKeyDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly commit: Commit;
  /** Requests a minute of a key that asks for none, and the most that its owner may ask for. */
  readonly defaultRate: number;
  random(bytes: number): Uint8Array;
}

type AccountKeyHandlers = Pick<Handlers, Extract<keyof Handlers, `account-keys.${string}`>>;

/**
 * The calling account, once it is certain that a management key that calls is not being revoked: after its revocation has
 * committed, nothing that it asked for still happens.
 */
async function actingAccount(tx: Tx, ctx: RequestContext): Promise<string> {
  const { principal } = ctx;
  if (principal.type === 'key' && !(await holdActiveKey(tx, principal.id, ctx.now())))
    throw new HttpError('unauthorized', 'this key is revoked');
  return requireAccount(ctx);
}

/** Like X-Agent-Id (SPEC 2), it does not tell a foreign agent from one that nobody has claimed, or that is none. */
async function requireOwnAgent(tx: Tx, agentId: string | null, accountId: string): Promise<void> {
  if (agentId !== null && (await readAgent(tx, agentId))?.owner_id !== accountId)
    throw new HttpError('forbidden', 'agentId names an agent that you have not claimed');
}

const create =
  ({ commit, random, defaultRate }: AccountKeyDeps): AccountKeyHandlers['account-keys.create'] =>
  ({ body }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const accountId = await actingAccount(tx, ctx);
      const createdAt = ctx.now();
      const { family, label, agentId, requestsPerMinute = defaultRate } = body;
      requireMakeable(body, ctx.principal.type, createdAt);
      requireRate(requestsPerMinute, defaultRate, defaultRate);
      await requireOwnAgent(tx, agentId, accountId);
      // Of two creations at once the second counts the first one's key.
      await lockAccount(tx, accountId);
      if ((await countActiveKeys(tx, accountId, createdAt)) >= ACTIVE_KEYS)
        throw new HttpError('conflict', `an account has at most ${ACTIVE_KEYS} active keys; revoke one`);
      const expiresAt = body.expiresAt === null ? null : new Date(body.expiresAt);
      const owner = { accountId, agentId, spendLimit: unitsOf(body.spendLimit), expiresAt };
      const createdBy = actorOf(ctx).id;
      const wanted = { family, label, requestsPerMinute, owner, createdAt, createdBy };
      const { row, secret } = await mintAccountKey(tx, stage, random, wanted);
      return { status: 201, body: { key: toApiKey(row, createdAt), secret } } as const;
    });

const cursorId = idOf('key');

const list =
  ({ db }: AccountKeyDeps): AccountKeyHandlers['account-keys.list'] =>
  async ({ query: { state, family, limit, cursor } }, ctx) => {
    if (cursor !== undefined && !cursorId.safeParse(cursor).success)
      throw new HttpError('bad_request', 'this cursor is not one of ours');
    const accountId = requireAccount(ctx);
    const now = ctx.now();
    // One more than asked for tells whether another page follows.
    const page = { accountId, state, family, before: cursor, limit: limit + 1 };
    const rows = await listKeys(db.kysely, page, now);
    const keys = rows.slice(0, limit).map((row) => toApiKey(row, now));
    return {
      status: 200,
      body: { keys, nextCursor: rows.length > limit ? (keys.at(-1)?.id ?? null) : null },
    };
  };

const get =
  ({ db }: AccountKeyDeps): AccountKeyHandlers['account-keys.get'] =>
  async ({ params: { id } }, ctx) => {
    const row = requireOwnKey(await readKey(db.kysely, id), requireAccount(ctx));
    return { status: 200, body: { key: toApiKey(row, ctx.now()) } };
  };

const update =
  ({ commit, defaultRate }: AccountKeyDeps): AccountKeyHandlers['account-keys.update'] =>
  ({ params: { id }, body }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const accountId = await actingAccount(tx, ctx);
      const former = requireChangeable(await lockKey(tx, id), accountId);
      const { label = former.label, requestsPerMinute = former.requests_per_minute } = body;
      requireRate(requestsPerMinute, former.requests_per_minute, defaultRate);
      if (former.family === 'management' && (body.spendLimit ?? null) !== null)
        throw new HttpError('invalid_body', 'a management key spends nothing');
      const kept = former.spend_limit === null ? null : BigInt(former.spend_limit);
      const spendLimit = body.spendLimit === undefined ? kept : unitsOf(body.spendLimit);
      const row = await changeKey(tx, id, { label, requestsPerMinute, spendLimit });
      const limit = spendLimit === null ? null : formatUnits(spendLimit);
      const { display_prefix: displayPrefix } = row;
      await stage('key.changed', { keyId: id, displayPrefix, label, requestsPerMinute, spendLimit: limit });
      return { status: 200, body: { key: toApiKey(row, ctx.now()) } } as const;
    });

const revoke =
  ({ commit }: AccountKeyDeps): AccountKeyHandlers['account-keys.revoke'] =>
  ({ params: { id }, body: { reason } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      if (ctx.principal.type === 'key' && ctx.principal.id === id)
        throw new HttpError('bad_request', 'this key is calling; revoke it with a session or another key');
      const accountId = await actingAccount(tx, ctx);
      requireChangeable(await lockKey(tx, id), accountId);
      const row = await revokeActiveKey(tx, id, { at: ctx.now(), by: actorOf(ctx).id, reason });
      if (!row) throw new HttpError('conflict', `${id} is revoked already`);
      await stage('key.revoked', { keyId: id, displayPrefix: row.display_prefix, reason });
      return { status: 200, body: { key: toApiKey(row, ctx.now()) } } as const;
    });

export const accountKeyHandlers = (deps: AccountKeyDeps): AccountKeyHandlers => ({
  'account-keys.create': create(deps),
  'account-keys.list': list(deps),
  'account-keys.get': get(deps),
  'account-keys.update': update(deps),
  'account-keys.revoke': revoke(deps),
});
