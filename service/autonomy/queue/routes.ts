import { makeId } from '../../../shared/ids/ids.ts';
import type { Tx } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../../identity/mutation.ts';
import { requireNamed } from '../../identity/named.ts';
import type { Payer } from '../parts.ts';
import { stateAt } from '../sessions/rules.ts';
import { lockSession } from '../sessions/store.ts';
import { hostOf } from '../x402/policy.ts';
import { type TaskRow, toTask } from './rules.ts';
import { insertTask, listTasks, lockTask, readTask, resumeTask, stopTask } from './store.ts';

export interface QueueHandlerDeps extends Pick<Payer, 'db' | 'settings' | 'random'> {
  readonly mutate: Mutate;
}

type QueueRoute = 'queue' | 'task' | 'create' | 'pauseTask' | 'resumeTask' | 'cancelTask';
type QueueHandlers = Pick<Handlers, `autonomy.${QueueRoute}`>;

const absent = (id: string) => new HttpError('not_found', `there is no task ${id}`);

/** A session that could sign now. @throws HttpError `conflict` */
async function requireUsable(tx: Tx, id: string, now: Date): Promise<void> {
  const session = await lockSession(tx, id);
  if (!session) throw new HttpError('conflict', `there is no payer session ${id}; issue one`);
  const state = stateAt({ state: session.state, expiresAt: session.expires_at }, now);
  if (state !== 'ACTIVE' || session.key_generation !== session.current_generation)
    throw new HttpError('conflict', `${id} never signs again; issue another session`);
}

/** What policy would refuse at every run is not taken at all. @throws HttpError `conflict` */
function requireAllowed({ settings }: QueueHandlerDeps, host: string, mint: string, cost: bigint): void {
  if (!settings.hosts.includes(host))
    throw new HttpError(
      'conflict',
      `${host} is no host that tasks may fetch from; AUTONOMY_HOSTS names them`,
    );
  const asset = settings.assets.find((one) => one.mint === mint);
  if (!asset)
    throw new HttpError('conflict', `${mint} is no token that may be paid with; AUTONOMY_ASSETS names them`);
  if (cost > BigInt(asset.mostPerPayment))
    throw new HttpError('conflict', `one payment may be ${asset.mostPerPayment} at most`);
}

const create =
  (deps: QueueHandlerDeps): QueueHandlers['autonomy.create'] =>
  ({ body: { url, sessionId, asset, value, cost, freshnessSeconds } }, ctx) =>
    deps.mutate('autonomy.create', ctx, async (tx, stage): Promise<Done<'autonomy.create'>> => {
      const at = ctx.now();
      const host = hostOf(url);
      requireAllowed(deps, host, asset, BigInt(cost));
      await requireUsable(tx, sessionId, at);
      const id = makeId('payerTask', deps.random(10), at.getTime());
      const row = await insertTask(tx, {
        ...{
          id,
          url,
          host,
          sessionId,
          asset,
          value: BigInt(value),
          cost: BigInt(cost),
          freshnessSeconds,
          at,
        },
        by: actorOf(ctx).id,
      });
      const data = { taskId: id, url, sessionId, asset, value, cost, freshnessSeconds };
      const eventId = await stage('payer.task-created', data);
      return { subject: id, answer: { status: 201, body: { task: toTask(row, at), eventId } } };
    });

/** The task, held and called by its name. @throws HttpError `not_found`, `name_mismatch`, `conflict` */
async function named(tx: Tx, id: string, url: string, states: readonly TaskRow['state'][]): Promise<void> {
  const row = await lockTask(tx, id);
  if (!row) throw absent(id);
  requireNamed(id, { url }, { url: row.url });
  if (!states.includes(row.state)) throw new HttpError('conflict', `${id} is ${row.state}`);
}

const changed = (row: TaskRow, ctx: RequestContext, eventId: string) => ({
  subject: row.id,
  answer: { status: 200 as const, body: { task: toTask(row, ctx.now()), eventId } },
});

const pause =
  ({ mutate }: QueueHandlerDeps): QueueHandlers['autonomy.pauseTask'] =>
  ({ params: { id }, body: { url, reason } }, ctx) =>
    mutate('autonomy.pauseTask', ctx, async (tx, stage): Promise<Done<'autonomy.pauseTask'>> => {
      await named(tx, id, url, ['READY']);
      const row = await stopTask(tx, id, { state: 'PAUSED', reason });
      return changed(row, ctx, await stage('payer.task-paused', { taskId: id, reason }));
    });

const resume =
  ({ mutate }: QueueHandlerDeps): QueueHandlers['autonomy.resumeTask'] =>
  ({ params: { id }, body: { url, reason, sessionId } }, ctx) =>
    mutate('autonomy.resumeTask', ctx, async (tx, stage): Promise<Done<'autonomy.resumeTask'>> => {
      await named(tx, id, url, ['PAUSED']);
      await requireUsable(tx, sessionId, ctx.now());
      const row = await resumeTask(tx, id, sessionId, ctx.now());
      return changed(row, ctx, await stage('payer.task-resumed', { taskId: id, sessionId, reason }));
    });

const cancel =
  ({ mutate }: QueueHandlerDeps): QueueHandlers['autonomy.cancelTask'] =>
  ({ params: { id }, body: { url, reason } }, ctx) =>
    mutate('autonomy.cancelTask', ctx, async (tx, stage): Promise<Done<'autonomy.cancelTask'>> => {
      await named(tx, id, url, ['READY', 'PAUSED']);
      const row = await stopTask(tx, id, { state: 'CANCELLED' });
      return changed(row, ctx, await stage('payer.task-cancelled', { taskId: id, reason }));
    });

const get =
  ({ db }: QueueHandlerDeps): QueueHandlers['autonomy.task'] =>
  async ({ params: { id } }, ctx) => {
    const row = await readTask(db.kysely, id);
    if (!row) throw absent(id);
    return { status: 200, body: { task: toTask(row, ctx.now()) } };
  };

const list =
  ({ db }: QueueHandlerDeps): QueueHandlers['autonomy.queue'] =>
  async ({ query: { limit, cursor } }, ctx) => {
    // One more than asked for tells whether another page follows.
    const rows = await listTasks(db.kysely, limit + 1, cursor);
    const tasks = rows.slice(0, limit).map((row) => toTask(row, ctx.now()));
    return {
      status: 200,
      body: { tasks, nextCursor: rows.length > limit ? (tasks.at(-1)?.id ?? null) : null },
    };
  };

export const queueHandlers = (deps: QueueHandlerDeps): QueueHandlers => ({
  'autonomy.queue': list(deps),
  'autonomy.task': get(deps),
  'autonomy.create': create(deps),
  'autonomy.pauseTask': pause(deps),
  'autonomy.resumeTask': resume(deps),
  'autonomy.cancelTask': cancel(deps),
});
