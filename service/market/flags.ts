import { makeId } from '../../shared/ids/ids.ts';
import type { Handlers } from '../gate/context.ts';
import { actorOf, type Done } from '../identity/mutation.ts';
import { requireNamed } from '../identity/named.ts';
import { partiesOf } from './draws.store.ts';
import { insertFlag, liftFlag, listFlags, lockFlag } from './flags.store.ts';
import { MarketError } from './market-error.ts';
import { type MarketDeps, paged } from './parts.ts';
import { absent, toFlag } from './rules.ts';

type FlagHandlers = Pick<Handlers, 'market.flag' | 'market.unflag' | 'market.flags'>;

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

const lift =
  ({ mutate }: MarketDeps): FlagHandlers['market.unflag'] =>
  ({ params: { id }, body: { agent, other, reason } }, ctx) =>
    mutate('market.unflag', ctx, async (tx, stage): Promise<Done<'market.unflag'>> => {
      const flag = await lockFlag(tx, id);
      if (!flag) throw absent('flag', id);
      requireNamed(id, { agent, other }, { agent: flag.agent, other: flag.other });
      if (flag.lifted_at !== null) throw new MarketError('already-decided', 'this flag was lifted before');
      const row = await liftFlag(tx, id, { at: ctx.now(), by: actorOf(ctx).id, why: reason });
      const eventId = await stage('flag.lifted', { flagId: id, reason });
      return { subject: id, answer: { status: 200, body: { flag: toFlag(row), eventId } } };
    });

export const flagHandlers = (deps: MarketDeps): FlagHandlers => ({
  'market.flag': raise(deps),
  'market.unflag': lift(deps),
  'market.flags': async ({ query: { limit, cursor } }) => {
    const rows = await listFlags(deps.db.kysely, { limit: limit + 1, before: cursor });
    const { shown: flags, nextCursor } = paged(rows, limit, toFlag, ({ id }) => id);
    return { status: 200, body: { flags, nextCursor } };
  },
});
