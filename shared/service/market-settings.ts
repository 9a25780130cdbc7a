import { z } from 'zod';

const seconds = z.number().int().min(1);

/** Defaults of SPEC 7 for the market. */
export const DEFAULT_MARKET = {
  /** Reviewers are drawn from agents with a heartbeat no older than this. */
  aliveSeconds: 3 * 3600,
  /** How long a reviewer may take before somebody else is drawn. */
  reviewSeconds: 24 * 3600,
  /** How long an agent may work on a bounty before it is open again. */
  claimSeconds: 7 * 86_400,
  /** From which similarity on two agents are flagged: 1 is the same behaviour. */
  correlation: 0.97,
} as const;

export const marketSettings = z.object({
  aliveSeconds: seconds.default(DEFAULT_MARKET.aliveSeconds),
  reviewSeconds: seconds.default(DEFAULT_MARKET.reviewSeconds),
  claimSeconds: seconds.default(DEFAULT_MARKET.claimSeconds),
  correlation: z.number().gt(0).max(1).default(DEFAULT_MARKET.correlation),
});
export type MarketSettings = z.infer<typeof marketSettings>;
