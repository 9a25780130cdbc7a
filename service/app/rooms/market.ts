import { createCommit, createMutate } from '../../identity/mutation.ts';
import { bountyHandlers } from '../../market/bounties.ts';
import { claimHandlers } from '../../market/claims.ts';
import { flagAlike } from '../../market/correlate.ts';
import { flagHandlers } from '../../market/flags.ts';
import { runMarket } from '../../market/jobs.ts';
import { reviewHandlers } from '../../market/reviews.ts';
import { rewardHandlers } from '../../market/rewards.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof bountyHandlers> &
  ReturnType<typeof claimHandlers> &
  ReturnType<typeof reviewHandlers> &
  ReturnType<typeof rewardHandlers> &
  ReturnType<typeof flagHandlers>;

/** The market: reviewers are drawn, replaced and rewards released without anybody asking. */
export function openMarket({ settings, db, staging, random, now }: RoomParts): OpenedRoom<Answers> {
  const deps = {
    ...{ db, staging, random, now, settings: settings.market },
    ...{ commit: createCommit(db, staging), mutate: createMutate(db, staging) },
  };
  return {
    handlers: {
      ...bountyHandlers(deps),
      ...claimHandlers(deps),
      ...reviewHandlers(deps),
      ...rewardHandlers(deps),
      ...flagHandlers(deps),
    },
    jobs: [
      { name: 'market', everyMs: 1_000, run: () => runMarket(deps) },
      { name: 'correlation', everyMs: 10 * 60_000, run: () => flagAlike(deps) },
    ],
  };
}
