import type { EventData, EventKind } from '../../../shared/ledger/events.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { RequestContext } from '../../gate/context.ts';
import { actorOf, type Stage } from '../../identity/mutation.ts';
import type { StagedEvent, Staging } from '../../ledger/staging.ts';

export interface StagingDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
}

/** An event in the name of the request's caller. */
export const eventOf = <K extends EventKind>(
  ctx: RequestContext,
  kind: K,
  data: EventData<K>,
  actor = actorOf(ctx),
): StagedEvent => ({ kind, data, actor, agent: ctx.agent, requestId: ctx.requestId });

/** Stages in the name of the request's caller, in a transaction that several requests may share. */
export const stageFor =
  ({ staging }: StagingDeps, tx: Tx, ctx: RequestContext): Stage =>
  (kind, data, by) =>
    staging.stage(tx, eventOf(ctx, kind, data, by));
