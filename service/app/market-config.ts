import { z } from 'zod';
import { DEFAULT_MARKET, type MarketSettings } from '../../shared/service/market-settings.ts';

export const MARKET_USAGE = `  MARKET_REVIEW_SECONDS, MARKET_CLAIM_SECONDS   how long a reviewer and a claim may be idle: 86400 (1 d), 604800 (7 d)
  MARKET_CORRELATION       similarity of behaviour, from 0.5 to 1, at which two agents are flagged: 0.97`;

const YEAR = 366 * 86_400;

const seconds = z.coerce
  .number('must be whole seconds')
  .int('must be whole seconds')
  .min(60, 'must be at least 60 seconds')
  .max(YEAR, 'must be at most a year');

/** Below a half, strangers would be taken for one another. */
const similarity = z.coerce
  .number('must be a number from 0.5 to 1')
  .min(0.5, 'must be a number from 0.5 to 1')
  .max(1, 'must be a number from 0.5 to 1');

export const marketVariables = {
  MARKET_REVIEW_SECONDS: seconds.default(DEFAULT_MARKET.reviewSeconds),
  MARKET_CLAIM_SECONDS: seconds.default(DEFAULT_MARKET.claimSeconds),
  MARKET_CORRELATION: similarity.default(DEFAULT_MARKET.correlation),
};

export const marketOf = (
  env: { readonly [N in keyof typeof marketVariables]: z.output<(typeof marketVariables)[N]> },
): MarketSettings => ({
  aliveSeconds: DEFAULT_MARKET.aliveSeconds,
  reviewSeconds: env.MARKET_REVIEW_SECONDS,
  claimSeconds: env.MARKET_CLAIM_SECONDS,
  correlation: env.MARKET_CORRELATION,
});
