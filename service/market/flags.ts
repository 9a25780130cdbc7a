import { makeId } from '../../shared/ids/ids.ts';
import type { Tx } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import { actorOf, type Done } from '../identity/mutation.ts';
import { requireNamed } from '../identity/named.ts';
import { criticalExecutor, type Executor } from '../identity/proposals/executor.ts';
import { partiesOf } from './draws.store.ts';
import { insertFlag, liftFlag, listFlags, lockFlag } from './flags.store.ts';
import { MarketError } from './market-error.ts';
import { type MarketDeps, paged } from './parts.ts';
import { absent, toFlag } from './rules.ts';

type FlagHandlers = Pick<Handlers, 'market.flag' | 'market.flags'>;

const raise =
  ({ mutate, random }: MarketDeps): FlagHandlers['market.flag'] =>
  ({ body: { agent, other, reason } }, ctx) =>
    mutate('market.flag', ctx, async (tx, stage): Promise<Done<'market.flag'>> => {
      const known = await partiesOf(tx, [agent, other]);
      for (const id of [agent, other]) if (!known.has(id)) throw absent('agent', id);
      const at = ctx.now();
      const id = makeId('flag', random(10), at.getTime());
      const row = await insertFlag(tx, {
        ...{ id, agent, other, source: 'manual', reason, evidence: null, at, by: actorOf(ctx).id },
      });
      if (!row) throw new MarketError('already-flagged', 'these two are flagged already');
      const eventId = await stage('flag.raised', { flagId: id, agent, other, source: 'manual', reason });
      return { subject: id, answer: { status: 201, body: { flag: toFlag(row), eventId } } };
    });

interface Lift {
  readonly params: { readonly id: string };
  readonly body: { readonly agent: string; readonly other: string };
}

async function requireInForce(tx: Tx, { params: { id }, body: { agent, other } }: Lift): Promise<void> {
  const flag = await lockFlag(tx, id);
  if (!flag) throw absent('flag', id);
  requireNamed(id, { agent, other }, { agent: flag.agent, other: flag.other });
  if (flag.lifted_at !== null) throw new MarketError('already-decided', 'this flag was lifted before');
}

/** Letting two flagged agents review each other again, once two persons want it. */
export const unflagExecutor = (): Executor =>
  criticalExecutor('market.unflag', {
    check: requireInForce,
    execute: async (tx, input, { stage, proposalId, approverId, now }) => {
      await requireInForce(tx, input);
      const { id } = input.params;
      const { reason } = input.body;
      await liftFlag(tx, id, { at: now, by: approverId, why: reason });
      await stage('flag.lifted', { flagId: id, reason, proposalId });
      return id;
    },
  });

export const flagHandlers = (deps: MarketDeps): FlagHandlers => ({
  'market.flag': raise(deps),
  'market.flags': async ({ query: { limit, cursor } }) => {
    const rows = await listFlags(deps.db.kysely, { limit: limit + 1, before: cursor });
    const { shown: flags, nextCursor } = paged(rows, limit, toFlag, ({ id }) => id);
    return { status: 200, body: { flags, nextCursor } };
  },
});
