import type { Database, Tx } from '../../db/database.ts';
import type { RequestContext } from '../../gate/context.ts';
import { actorOf, type Stage } from '../../identity/mutation.ts';
import type { Staging } from '../../ledger/staging.ts';

export interface StagingDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
}

/** Stages in the name of the request's caller, in a transaction that several requests may share. */
export const stageFor =
  ({ staging }: StagingDeps, tx: Tx, ctx: RequestContext): Stage =>
  (kind, data, by = actorOf(ctx)) =>
    staging.stage(tx, { kind, data, actor: by, agent: ctx.agent, requestId: ctx.requestId });
