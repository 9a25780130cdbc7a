import type { RouteId } from '../../shared/http/table.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Answer, RequestContext } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import type { Done } from './mutation.ts';
import { tryLockRequest } from './store.ts';

/** How long a repeat finds its answer: longer than any client keeps trying. */
const REMEMBERED_MS = 24 * 3_600_000;

/** Whose keys these are: an idempotency key of one operator or account means nothing for another. */
const scopeOf = ({ principal, signature }: RequestContext): string =>
  principal.type === 'operator' || principal.type === 'account'
    ? principal.id
    : (signature?.keyId ?? 'unsigned');

const keyOf = (ctx: RequestContext): string => {
  if (ctx.idempotencyKey === null)
    throw new HttpError('idempotency_key_required', 'a mutation takes an Idempotency-Key');
  return ctx.idempotencyKey;
};

/**
 * An operator's request that is in flight is waited for. Accounts may send a thousand at once, and what waits holds a
 * connection that others need: they are told to come again (SPEC 11). The row below decides, whatever this lock says.
 */
async function refuseInFlight(tx: Tx, ctx: RequestContext): Promise<void> {
  if (ctx.principal.type !== 'account' || (await tryLockRequest(tx, scopeOf(ctx), keyOf(ctx)))) return;
  throw new HttpError('conflict', 'a request with this Idempotency-Key is in flight; send it again shortly', {
    retryAfterSeconds: 1,
  });
}

/**
 * Claims the idempotency key for this request, or finds what the same request answered before. An operator's request that is in
 * flight is waited for: its row is locked until it commits.
 * @throws HttpError `idempotency_mismatch` for another request, `conflict` when the former answer revealed a secret, and while an
 *   account's request is in flight
 */
export async function recallAnswer<Id extends RouteId>(
  tx: Tx,
  ctx: RequestContext,
): Promise<Answer<Id> | null> {
  await refuseInFlight(tx, ctx);
  const actor = scopeOf(ctx);
  const key = keyOf(ctx);
  const requestHash = Buffer.from(ctx.requestHash, 'hex');
  const claimed = await tx
    .insertInto('idempotent_requests')
    .values({
      actor,
      key,
      request_hash: requestHash,
      at: ctx.now(),
      status: null,
      answer: null,
      subject: null,
    })
    .onConflict((oc) => oc.constraint('idempotent_requests_once').doNothing())
    .executeTakeFirst();
  if (claimed.numInsertedOrUpdatedRows === 1n) return null;
  const former = await tx
    .selectFrom('idempotent_requests')
    .select(['request_hash', 'status', 'answer', 'subject'])
    .where('actor', '=', actor)
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  if (!requestHash.equals(former.request_hash))
    throw new HttpError('idempotency_mismatch', 'this Idempotency-Key belongs to another request');
  if (former.answer === null)
    throw new HttpError('conflict', `this was done before as ${former.subject}; its secret was shown once`);
  return { status: former.status, body: JSON.parse(former.answer) } as unknown as Answer<Id>;
}

/** Keeps the answer for repeats; of one that reveals a secret only what it was about. */
export async function rememberAnswer<Id extends RouteId>(
  tx: Tx,
  ctx: RequestContext,
  { answer, subject }: Done<Id>,
  reveals: boolean,
): Promise<void> {
  await tx
    .updateTable('idempotent_requests')
    .set({ status: answer.status, answer: reveals ? null : JSON.stringify(answer.body), subject })
    .where('actor', '=', scopeOf(ctx))
    .where('key', '=', keyOf(ctx))
    .execute();
}

/** Gives up a key that was claimed in this transaction for what then failed: a repeat is judged anew. */
export const forgetRequest = (tx: Tx, ctx: RequestContext) =>
  tx
    .deleteFrom('idempotent_requests')
    .where('actor', '=', scopeOf(ctx))
    .where('key', '=', keyOf(ctx))
    .execute();

export async function purgeAnswers(db: Pick<Database, 'kysely'>, now: Date): Promise<void> {
  await db.kysely
    .deleteFrom('idempotent_requests')
    .where('at', '<', new Date(now.getTime() - REMEMBERED_MS))
    .execute();
}
