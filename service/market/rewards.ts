import { formatUnits } from '../../shared/money/units.ts';
import type { Tx } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import type { Stage } from '../identity/mutation.ts';
import { postHolds } from '../treasury/holds.ts';
import { lockClaim } from './claims.ts';
import { partiesOf } from './draws.store.ts';
import { MarketError } from './market-error.ts';
import { type MarketDeps, paged } from './parts.ts';
import { listRewards, readReward, releaseReward, settleReward } from './rewards.store.ts';
import { absent, type ClaimRow, type RewardRow, requireAgent, requireSettleable, toReward } from './rules.ts';
import { readClaim } from './store.ts';

type RewardHandlers = Pick<Handlers, 'rewards.list' | 'rewards.settle'>;

/** Its agent has an owner: the reward is locked no more. The bounty is locked. */
export async function release(tx: Tx, stage: Stage, claimId: string, at: Date): Promise<void> {
  await releaseReward(tx, claimId, at);
  await stage('reward.released', { claimId });
}

/** Pays the hold of the bounty to the agent, and says in the reward by which transfer. @returns the transfer's id */
async function pay(tx: Tx, stage: Stage, reward: RewardRow): Promise<string> {
  const payee = { type: 'agent', id: reward.agent_id } as const;
  let transferId: string | null = null;
  await postHolds(tx, [{ holdId: reward.hold_id, units: BigInt(reward.units), payee }], async ([posted]) => {
    if (!posted) return [];
    transferId = posted.transferId;
    return [await stage('hold.posted', posted)];
  });
  if (transferId === null) throw new MarketError('already-settled', 'this reward was paid');
  return transferId;
}

/** The reward, when it may be paid to this agent now. @throws MarketError `absent` | `not-yours` | `already-settled` | `locked` */
async function judge(tx: Tx, claim: ClaimRow | undefined, id: string, agentId: string): Promise<RewardRow> {
  if (!claim) throw absent('claim', id);
  if (claim.agent_id !== agentId) throw new MarketError('not-yours', 'this claim is another agent’s');
  const reward = await readReward(tx, id);
  if (!reward) throw absent('reward of', id);
  const owner = (await partiesOf(tx, [reward.agent_id])).get(reward.agent_id)?.ownerId ?? null;
  requireSettleable(reward, owner);
  return reward;
}

/** One transaction: the hold is posted and the reward settled, or neither. Whoever comes second finds it settled behind the lock. */
const settle =
  ({ commit }: MarketDeps): RewardHandlers['rewards.settle'] =>
  ({ params: { id } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const agentId = requireAgent(ctx);
      // Judged before the lock as well: a crowd that asks for what was paid does not queue for it.
      await judge(tx, await readClaim(tx, id), id, agentId);
      const { claim } = await lockClaim(tx, id);
      const reward = await judge(tx, claim, id, agentId);
      const at = ctx.now();
      if (reward.state === 'locked_unclaimed') await release(tx, stage, id, at);
      const transferId = await pay(tx, stage, reward);
      const row = await settleReward(tx, id, transferId, at);
      const amount = formatUnits(BigInt(reward.units));
      const eventId = await stage('reward.settled', { claimId: id, transferId, amount });
      return { status: 200, body: { reward: toReward(row), eventId } } as const;
    });

export const rewardHandlers = (deps: MarketDeps): RewardHandlers => ({
  'rewards.settle': settle(deps),
  'rewards.list': async ({ query: { limit, cursor } }, ctx) => {
    const agentId = requireAgent(ctx);
    const rows = await listRewards(deps.db.kysely, { limit: limit + 1, before: cursor, agentId });
    const { shown: rewards, nextCursor } = paged(rows, limit, toReward, ({ claim_id }) => claim_id);
    return { status: 200, body: { rewards, nextCursor } };
  },
});
