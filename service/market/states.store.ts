import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import { EVERY_ROW_PAGE, everyRow } from '../db/every-row.ts';

const claimsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('bounty_claims')
    .select(['id', 'bounty_id', 'agent_id', 'state', 'submission', 'submitted_entry'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyClaim = (tx: Tx) => everyRow((after) => claimsAfter(tx, after));

interface ReviewRow {
  /** Claim and reviewer, with a space between. */
  readonly id: string;
  readonly round: number;
  readonly state: string;
  readonly reason: string | null;
}

async function reviewsAfter(tx: Tx, after: string): Promise<ReviewRow[]> {
  const [claim = '', reviewer = ''] = after.split(' ');
  const { rows } = await sql<ReviewRow>`
    SELECT claim_id || ' ' || reviewer AS id, round, state, reason FROM claim_reviews
    WHERE (claim_id, reviewer) > (${claim}, ${reviewer})
    ORDER BY claim_id, reviewer LIMIT ${EVERY_ROW_PAGE}`.execute(tx);
  return rows;
}

export const everyReview = (tx: Tx) => everyRow((after) => reviewsAfter(tx, after));

interface DrawRow {
  /** Claim and round, with a space between. */
  readonly id: string;
  readonly pool_hash: Buffer;
  readonly checkpoint_size: string;
  readonly root: Buffer;
  readonly seed: Buffer;
  readonly reviewers: string[];
}

async function drawnAfter(tx: Tx, after: string): Promise<DrawRow[]> {
  const [claim = '', round = '-1'] = after.split(' ');
  const { rows } = await sql<DrawRow>`
    SELECT claim_id || ' ' || round AS id, pool_hash, checkpoint_size, root, seed, reviewers FROM market_draws
    WHERE state = 'drawn' AND (claim_id, round) > (${claim}, ${round}::integer)
    ORDER BY claim_id, round LIMIT ${EVERY_ROW_PAGE}`.execute(tx);
  return rows;
}

/** Draws that were done. */
export const everyDrawn = (tx: Tx) => everyRow((after) => drawnAfter(tx, after));

const flagsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('correlation_flags')
    .select(['id', 'agent', 'other', 'source', 'reason', 'lifted_by', 'lifted_why'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyFlag = (tx: Tx) => everyRow((after) => flagsAfter(tx, after));
