import type { Tx } from '../db/database.ts';
import type { RewardRow } from './rules.ts';
import type { Page, Reader } from './store.ts';

const columns = [
  'claim_id',
  'agent_id',
  'units',
  'hold_id',
  'state',
  'earned_at',
  'released_at',
  'settled_at',
  'transfer_id',
] as const;

export const readReward = (db: Reader, claimId: string): Promise<RewardRow | undefined> =>
  db.selectFrom('rewards').select(columns).where('claim_id', '=', claimId).executeTakeFirst();

export const insertReward = (
  tx: Tx,
  reward: {
    readonly claimId: string;
    readonly agentId: string;
    readonly units: bigint;
    readonly holdId: string;
    readonly owned: boolean;
    readonly at: Date;
  },
): Promise<unknown> =>
  tx
    .insertInto('rewards')
    .values({
      claim_id: reward.claimId,
      agent_id: reward.agentId,
      units: reward.units,
      hold_id: reward.holdId,
      state: reward.owned ? 'claim_ready' : 'locked_unclaimed',
      earned_at: reward.at,
      released_at: reward.owned ? reward.at : null,
    })
    .execute();

export const releaseReward = (tx: Tx, claimId: string, at: Date): Promise<RewardRow> =>
  tx
    .updateTable('rewards')
    .set({ state: 'claim_ready', released_at: at })
    .where('claim_id', '=', claimId)
    .returning(columns)
    .executeTakeFirstOrThrow();

export const settleReward = (tx: Tx, claimId: string, transferId: string, at: Date): Promise<RewardRow> =>
  tx
    .updateTable('rewards')
    .set({ state: 'settled', settled_at: at, transfer_id: transferId })
    .where('claim_id', '=', claimId)
    .returning(columns)
    .executeTakeFirstOrThrow();

export function listRewards(
  db: Reader,
  { limit, before, agentId }: Page & { readonly agentId: string },
): Promise<RewardRow[]> {
  const query = db
    .selectFrom('rewards')
    .select(columns)
    .where('agent_id', '=', agentId)
    .orderBy('claim_id', 'desc')
    .limit(limit);
  return (before === undefined ? query : query.where('claim_id', '<', before)).execute();
}

/** Rewards that were locked and whose agent has an owner by now, with their bounties. */
export const releasableRewards = (db: Reader, limit: number) =>
  db
    .selectFrom('rewards as r')
    .innerJoin('agents as a', 'a.id', 'r.agent_id')
    .innerJoin('bounty_claims as c', 'c.id', 'r.claim_id')
    .select(['r.claim_id', 'c.bounty_id'])
    .where('r.state', '=', 'locked_unclaimed')
    .where('a.owner_id', 'is not', null)
    .orderBy('r.claim_id')
    .limit(limit)
    .execute();

export const readRewards = (tx: Tx): Promise<RewardRow[]> =>
  tx.selectFrom('rewards').select(columns).execute();
