import { idOf, makeId } from '../../../shared/ids/ids.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../mutation.ts';
import { requireNamed } from '../named.ts';
import { newSecret, SECRET_BYTES } from '../secret.ts';
import { requireRate } from './account-rules.ts';
import { lowerLimit } from './limit.ts';
import { toApiKey } from './rules.ts';
import { insertKey, listKeys, readKey, revokeActiveKey } from './store.ts';

export interface KeyHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  /** Requests a minute of a key that is created without any, and the most that one signature gives. */
  readonly defaultRate: number;
  random(bytes: number): Uint8Array;
}

type KeyHandlers = Pick<Handlers, 'keys.create' | 'keys.list' | 'keys.revoke' | 'limits.lower'>;

const createKey =
  ({ mutate, random, defaultRate }: KeyHandlerDeps): KeyHandlers['keys.create'] =>
  ({ body }, ctx) =>
    mutate('keys.create', ctx, async (tx, stage): Promise<Done<'keys.create'>> => {
      const { label, requestsPerMinute = defaultRate } = body;
      requireRate(requestsPerMinute, defaultRate, defaultRate);
      const { secret, hash, displayPrefix } = newSecret('inference', random(SECRET_BYTES));
      const createdAt = ctx.now();
      const id = makeId('key', random(10), createdAt.getTime());
      const createdBy = actorOf(ctx).id;
      const key = {
        label,
        requestsPerMinute,
        id,
        family: 'inference',
        owner: null,
        hash,
        displayPrefix,
        createdAt,
        createdBy,
      } as const;
      const row = await insertKey(tx, key);
      const eventId = await stage('key.created', { keyId: id, label, displayPrefix, requestsPerMinute });
      return {
        subject: id,
        answer: { status: 201, body: { key: toApiKey(row, createdAt), secret, eventId } },
      };
    });

const revokeKey =
  ({ mutate }: KeyHandlerDeps): KeyHandlers['keys.revoke'] =>
  ({ params: { id }, body: { displayPrefix, reason } }, ctx) =>
    mutate('keys.revoke', ctx, async (tx, stage): Promise<Done<'keys.revoke'>> => {
      const named = await readKey(tx, id);
      if (!named) throw new HttpError('not_found', `there is no key ${id}`);
      requireNamed(id, { displayPrefix }, { displayPrefix: named.display_prefix });
      const row = await revokeActiveKey(tx, id, { at: ctx.now(), by: actorOf(ctx).id, reason });
      if (!row) throw new HttpError('conflict', `${id} is revoked already`);
      const eventId = await stage('key.revoked', { keyId: id, displayPrefix, reason });
      return { subject: id, answer: { status: 200, body: { key: toApiKey(row, ctx.now()), eventId } } };
    });

const cursorId = idOf('key');

const keyList =
  ({ db }: KeyHandlerDeps): KeyHandlers['keys.list'] =>
  async ({ query: { state, limit, cursor } }, ctx) => {
    if (cursor !== undefined && !cursorId.safeParse(cursor).success)
      throw new HttpError('bad_request', 'this cursor is not one of ours');
    // One more than asked for tells whether another page follows.
    const rows = await listKeys(db.kysely, { state, before: cursor, limit: limit + 1 }, ctx.now());
    const keys = rows.slice(0, limit).map((row) => toApiKey(row, ctx.now()));
    const nextCursor = rows.length > limit ? (keys.at(-1)?.id ?? null) : null;
    return { status: 200, body: { keys, nextCursor } };
  };

export const keyHandlers = (deps: KeyHandlerDeps): KeyHandlers => ({
  'keys.create': createKey(deps),
  'keys.list': keyList(deps),
  'keys.revoke': revokeKey(deps),
  'limits.lower': lowerLimit(deps.mutate),
});
