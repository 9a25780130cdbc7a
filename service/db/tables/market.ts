import type { ColumnType } from 'kysely';
import type {
  BountyState,
  ClaimState,
  FlagSource,
  ReviewState,
  RewardState,
} from '../../../shared/http/market-parts.ts';
import type { Candidate } from '../../../shared/market/draw.ts';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;
/** Absent until it happens. */
type Later<T> = ColumnType<T | null, never, T>;
type Units = ColumnType<string, bigint, never>;
/** Begins as the database says. */
type State<T> = ColumnType<T, never, T>;

export interface BountiesTable {
  id: string;
  creator: string;
  title: string;
  description: string;
  units: Units;
  hold_id: string;
  state: State<BountyState>;
  created_at: Instant;
  ended_at: Later<Date>;
  request_key: string;
  request_hash: Buffer;
}

export interface BountyClaimsTable {
  id: string;
  bounty_id: string;
  agent_id: string;
  state: State<ClaimState>;
  claimed_at: Instant;
  submit_by: Instant;
  submission: Later<string>;
  submitted_at: Later<Date>;
  submitted_entry: Later<string>;
  ended_at: Later<Date>;
}

export interface ClaimReviewsTable {
  claim_id: string;
  reviewer: string;
  round: number;
  state: State<ReviewState>;
  assigned_at: Instant;
  decide_by: Instant;
  ended_at: Later<Date>;
  reason: Later<string>;
}

export interface MarketDrawsTable {
  claim_id: string;
  round: number;
  seats: number;
  state: 'waiting' | 'set' | 'drawn' | 'void';
  pool: ColumnType<Candidate[], string, string>;
  pool_hash: Buffer;
  judged_at: ColumnType<Date, Date, Date>;
  anchor: ColumnType<string | null, string | null, string>;
  checkpoint_epoch: Later<number>;
  checkpoint_size: ColumnType<string | null, never, string>;
  root: Later<Buffer>;
  seed: Later<Buffer>;
  reviewers: ColumnType<string[] | null, never, string>;
  drawn_at: Later<Date>;
}

export interface RewardsTable {
  claim_id: string;
  agent_id: string;
  units: Units;
  hold_id: string;
  state: RewardState;
  earned_at: Instant;
  released_at: ColumnType<Date | null, Date | null, Date>;
  settled_at: Later<Date>;
  transfer_id: Later<string>;
}

export interface CorrelationFlagsTable {
  id: string;
  agent: string;
  other: string;
  source: FlagSource;
  reason: string;
  evidence: ColumnType<Record<string, number> | null, string | null, never>;
  raised_at: Instant;
  raised_by: string;
  lifted_at: Later<Date>;
  lifted_by: Later<string>;
  lifted_why: Later<string>;
}

export interface MarketTables {
  bounties: BountiesTable;
  bounty_claims: BountyClaimsTable;
  claim_reviews: ClaimReviewsTable;
  market_draws: MarketDrawsTable;
  rewards: RewardsTable;
  correlation_flags: CorrelationFlagsTable;
}
