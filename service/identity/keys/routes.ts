import { idOf, makeId } from '../../../shared/ids/ids.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../mutation.ts';
import { newSecret, SECRET_BYTES } from '../secret.ts';
import { lowerLimit } from './limit.ts';
import { toApiKey } from './rules.ts';
import { insertKey, listKeys, readKey, revokeActiveKey } from './store.ts';

export interface KeyHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
}

type KeyHandlers = Pick<Handlers, 'keys.create' | 'keys.list' | 'keys.revoke' | 'limits.lower'>;

const createKey =
  ({ mutate, random }: KeyHandlerDeps): KeyHandlers['keys.create'] =>
  ({ body }, ctx) =>
    mutate('keys.create', ctx, async (tx, stage): Promise<Done<'keys.create'>> => {
      const { secret, hash, displayPrefix } = newSecret('inference', random(SECRET_BYTES));
      const createdAt = ctx.now();
      const id = makeId('key', random(10), createdAt.getTime());
      const createdBy = actorOf(ctx).id;
      const key = {
        ...body,
        id,
        family: 'inference',
        owner: null,
        hash,
        displayPrefix,
        createdAt,
        createdBy,
      } as const;
      const row = await insertKey(tx, key);
      const { label, requestsPerMinute } = body;
      const eventId = await stage('key.created', { keyId: id, label, displayPrefix, requestsPerMinute });
      return { subject: id, answer: { status: 201, body: { key: toApiKey(row), secret, eventId } } };
    });

const revokeKey =
  ({ mutate }: KeyHandlerDeps): KeyHandlers['keys.revoke'] =>
  ({ params: { id }, body: { reason } }, ctx) =>
    mutate('keys.revoke', ctx, async (tx, stage): Promise<Done<'keys.revoke'>> => {
      const row = await revokeActiveKey(tx, id, { at: ctx.now(), by: actorOf(ctx).id, reason });
      if (!row) {
        if (await readKey(tx, id)) throw new HttpError('conflict', `${id} is revoked already`);
        throw new HttpError('not_found', `there is no key ${id}`);
      }
      const eventId = await stage('key.revoked', { keyId: id, displayPrefix: row.display_prefix, reason });
      return { subject: id, answer: { status: 200, body: { key: toApiKey(row), eventId } } };
    });

const cursorId = idOf('key');

const keyList =
  ({ db }: KeyHandlerDeps): KeyHandlers['keys.list'] =>
  async ({ query: { state, limit, cursor } }) => {
    if (cursor !== undefined && !cursorId.safeParse(cursor).success)
      throw new HttpError('bad_request', 'this cursor is not one of ours');
    // One more than asked for tells whether another page follows.
    const rows = await listKeys(db.kysely, { state, before: cursor, limit: limit + 1 });
    const keys = rows.slice(0, limit).map(toApiKey);
    const nextCursor = rows.length > limit ? (keys.at(-1)?.id ?? null) : null;
    return { status: 200, body: { keys, nextCursor } };
  };

export const keyHandlers = (deps: KeyHandlerDeps): KeyHandlers => ({
  'keys.create': createKey(deps),
  'keys.list': keyList(deps),
  'keys.revoke': revokeKey(deps),
  'limits.lower': lowerLimit(deps.mutate),
});
