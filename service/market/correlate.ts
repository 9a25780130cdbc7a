import { makeId } from '../../shared/ids/ids.ts';
import { transact } from '../db/database.ts';
import { type Behaviour, behaviourOf, type Likeness, likeness } from './behaviour.ts';
import { deedsOf, insertFlag, marketAgents, pairsFlaggedByBehaviour } from './flags.store.ts';
import { later, type MarketDeps, SYSTEM, systemStage } from './parts.ts';

/** Agents that are compared with each other: all pairs of them are a few ten thousand comparisons. */
const AGENTS = 200;
const SINCE_SECONDS = 30 * 86_400;
/** Of each agent: enough for its hours, few enough to read for all. */
const DEEDS = 500;

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

interface Alike {
  readonly agent: string;
  readonly other: string;
  readonly like: Likeness;
  readonly actions: readonly [number, number];
}

/** Every pair at or above the threshold, but those of one owner, who are kept apart by that already. */
export function alikeAmong(
  agents: readonly { readonly id: string; readonly ownerId: string | null; readonly behaviour: Behaviour }[],
  threshold: number,
): Alike[] {
  return agents.flatMap((one, i) =>
    agents.slice(i + 1).flatMap((two) => {
      if (one.ownerId !== null && one.ownerId === two.ownerId) return [];
      const like = likeness(one.behaviour, two.behaviour);
      const [agent, other] = one.id < two.id ? [one, two] : [two, one];
      const actions = [agent.behaviour.actions, other.behaviour.actions] as const;
      return like.score >= threshold ? [{ agent: agent.id, other: other.id, like, actions }] : [];
    }),
  );
}

/** Flags agents of the market whose behaviour is the same, with the figures that say so. @returns how many pairs */
export async function flagAlike(
  deps: Pick<MarketDeps, 'db' | 'staging' | 'settings' | 'now' | 'random'>,
): Promise<number> {
  const { db, staging, settings, now, random } = deps;
  const at = now();
  const agents = await marketAgents(db.kysely, later(at, -SINCE_SECONDS), AGENTS);
  const ids = agents.map(({ id }) => id);
  const deeds = await deedsOf(db.kysely, ids, DEEDS);
  const known = await pairsFlaggedByBehaviour(db.kysely);
  const behaving = agents.map(({ id, owner_id }) => ({
    ...{ id, ownerId: owner_id, behaviour: behaviourOf(deeds.get(id) ?? []) },
  }));
  const found = alikeAmong(behaving, settings.correlation);
  const fresh = found.filter(({ agent, other }) => !known.has(`${agent} ${other}`));
  let flagged = 0;
  for (const { agent, other, like, actions } of fresh)
    await transact(db, async (tx) => {
      const id = makeId('flag', random(10), at.getTime());
      const reason = `behaviour is alike at ${rounded(like.score)}, threshold ${settings.correlation}`;
      const evidence = {
        ...{ score: rounded(like.score), kinds: rounded(like.kinds), hours: rounded(like.hours) },
        ...{ order: rounded(like.order), threshold: settings.correlation },
        ...{ agentActions: actions[0], otherActions: actions[1] },
      };
      const row = await insertFlag(tx, {
        ...{ id, agent, other, source: 'behaviour', reason, evidence, at, by: SYSTEM.id },
      });
      if (!row) return;
      flagged += 1;
      await systemStage(staging, tx)('flag.raised', {
        ...{ flagId: id, agent, other, source: 'behaviour', reason },
      });
    });
  return flagged;
}
