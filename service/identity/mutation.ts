import type { RouteId } from '../../shared/http/table.ts';
import { routeOf } from '../../shared/http/table.ts';
import type { Actor } from '../../shared/ledger/entry.ts';
import type { EventData, EventKind } from '../../shared/ledger/events.ts';
import { type Database, type Tx, transact } from '../db/database.ts';
import { isConflict } from '../db/database-error.ts';
import type { Answer, RequestContext } from '../gate/context.ts';
import type { Staging } from '../ledger/staging.ts';
import { forgetRequest, recallAnswer, rememberAnswer } from './idempotency.ts';
import { acceptNonce } from './replay.ts';
import { setSavepoint, undoToSavepoint } from './store.ts';

/** Stages the ledger event of this mutation in its transaction. @returns the event's id, for the answer */
export type Stage = <K extends EventKind>(kind: K, data: EventData<K>, by?: Actor) => Promise<string>;

export interface Done<Id extends RouteId> {
  readonly answer: Answer<Id>;
  /** The id of what was made or changed. */
  readonly subject: string;
}

export type Action<Id extends RouteId> = (tx: Tx, stage: Stage) => Promise<Done<Id>>;

/** A second person's signature that a request brings with it, which is used up like the request's own. */
export interface Brings<Id extends RouteId> {
  /** Judges it and uses it up. @returns what it lets happen: when that fails, it stays used up */
  take(tx: Tx): Promise<Action<Id>>;
  /** What the caller is told where it was not taken. The transaction is as it was before. */
  refusal(tx: Tx, failed: unknown): Promise<unknown>;
}

export type Mutate = <Id extends RouteId>(
  route: Id,
  ctx: RequestContext,
  action: Action<Id> | Brings<Id>,
) => Promise<Answer<Id>>;

/** A mutation that nobody signs: a stranger's or an account's, whose proof is in the request itself. */
export type Commit = <T>(ctx: RequestContext, work: (tx: Tx, stage: Stage) => Promise<T>) => Promise<T>;

/** Who the ledger says did it. Unsigned requests exist in development only and are called what they are. */
export function actorOf({ principal }: RequestContext): Actor {
  if (principal.type === 'operator') return { type: 'operator', id: principal.id, name: principal.name };
  if (principal.type === 'key') return { type: 'key', id: principal.id, name: principal.label };
  if (principal.type === 'agent') return { type: 'agent', id: principal.id, name: null };
  if (principal.type === 'account') return { type: 'account', id: principal.id, name: null };
  if (principal.type === 'stranger') return { type: 'stranger', id: 'stranger', name: null };
  return { type: 'operator', id: 'unsigned', name: null };
}

type Contained<T> = { readonly done: T } | { readonly failed: unknown };

/**
 * Runs the work so that its failure undoes all of it and nothing before it: the nonce that was accepted stays accepted, and a
 * request that failed once can never succeed later by being sent again.
 */
async function contain<T>(tx: Tx, work: () => Promise<T>): Promise<Contained<T>> {
  await setSavepoint(tx);
  try {
    return { done: await work() };
  } catch (failed) {
    // `transact` repeats the whole of it, nonce included.
    if (isConflict(failed)) throw failed;
    await undoToSavepoint(tx).catch(() => {
      throw failed;
    });
    return { failed };
  }
}

const stageFor =
  (staging: Staging, ctx: RequestContext, tx: Tx): Stage =>
  (kind, data, by = actorOf(ctx)) =>
    staging.stage(tx, { kind, data, actor: by, agent: ctx.agent, requestId: ctx.requestId });

/** Runs an unsigned mutation of the public plane in one transaction with its ledger events. */
export const createCommit =
  (db: Pick<Database, 'kysely'>, staging: Staging): Commit =>
  (ctx, work) =>
    transact(db, (tx) => work(tx, stageFor(staging, ctx, tx)));

/**
 * Asked again, it has its former answer before what it brought is looked at: that is used up by then. So the claim of the key comes
 * before the second person's signature, and the signature before the action, and each of them can fail without the one before.
 */
async function takeAndDo<Id extends RouteId>(
  tx: Tx,
  ctx: RequestContext,
  brings: Brings<Id>,
  perform: (action: Action<Id>) => Promise<Answer<Id>>,
): Promise<Contained<Answer<Id>>> {
  const former = await contain(tx, () => recallAnswer<Id>(tx, ctx));
  if ('failed' in former) return former;
  if (former.done) return { done: former.done };
  const taken = await contain(tx, () => brings.take(tx));
  const outcome =
    'failed' in taken
      ? { failed: await brings.refusal(tx, taken.failed) }
      : await contain(tx, () => perform(taken.done));
  if ('failed' in outcome) await forgetRequest(tx, ctx);
  return outcome;
}

/**
 * Every mutation of the admin plane goes through here, in one transaction: the nonce is used up, a repeated idempotency key
 * gets its former answer, the action happens with its ledger event, and the answer is remembered.
 */
export function createMutate(db: Pick<Database, 'kysely'>, staging: Staging): Mutate {
  return async <Id extends RouteId>(route: Id, ctx: RequestContext, action: Action<Id> | Brings<Id>) => {
    const outcome = await transact(db, async (tx) => {
      const perform = async (act: Action<Id>) => {
        const done = await act(tx, stageFor(staging, ctx, tx));
        await rememberAnswer(tx, ctx, done, routeOf(route).reveals !== undefined);
        return done.answer;
      };
      await acceptNonce(tx, ctx.signature);
      return typeof action === 'function'
        ? contain(tx, async () => (await recallAnswer<Id>(tx, ctx)) ?? perform(action))
        : takeAndDo(tx, ctx, action, perform);
    });
    if ('failed' in outcome) throw outcome.failed;
    return outcome.done;
  };
}
