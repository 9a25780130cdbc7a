import { makeId } from '../../shared/ids/ids.ts';
import type { Tx } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import { sha256 } from '../ledger/entry-row.ts';
import { openDraws, readDraws } from './draws.store.ts';
import { openFirstRound, toDraw } from './draws.ts';
import { later, type MarketDeps, paged } from './parts.ts';
import {
  absent,
  type BountyRow,
  type ClaimRow,
  requireAgent,
  requireClaimable,
  requireSubmittable,
  toClaim,
} from './rules.ts';
import {
  hasClaimed,
  insertClaim,
  listClaims,
  lockBounty,
  moveBounty,
  type Reader,
  readClaim,
  submitClaim,
} from './store.ts';

type ClaimHandlers = Pick<
  Handlers,
  'bounties.claim' | 'claims.list' | 'claims.submit' | 'claims.draw' | 'market.draw'
>;

/** A claim with its bounty, locked: read again behind the lock, because the first look was before it. @throws MarketError `absent` */
export async function lockClaim(
  tx: Tx,
  id: string,
): Promise<{ readonly bounty: BountyRow; readonly claim: ClaimRow }> {
  const seen = await readClaim(tx, id);
  const bounty = seen && (await lockBounty(tx, seen.bounty_id));
  const claim = bounty && (await readClaim(tx, id));
  if (!claim) throw absent('claim', id);
  return { bounty, claim };
}

const take =
  ({ commit, random, settings }: MarketDeps): ClaimHandlers['bounties.claim'] =>
  ({ params: { id } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const agentId = requireAgent(ctx);
      const bounty = await lockBounty(tx, id);
      if (!bounty) throw absent('bounty', id);
      requireClaimable(bounty, agentId, await hasClaimed(tx, id, agentId));
      const now = ctx.now();
      const claim = await insertClaim(tx, {
        id: makeId('claim', random(10), now.getTime()),
        ...{ bounty_id: id, agent_id: agentId, claimed_at: now },
        submit_by: later(now, settings.claimSeconds),
      });
      await moveBounty(tx, id, 'claimed', now);
      const eventId = await stage('bounty.claimed', { bountyId: id, claimId: claim.id });
      return { status: 201, body: { claim: toClaim(claim, undefined), eventId } } as const;
    });

const submit =
  (deps: MarketDeps): ClaimHandlers['claims.submit'] =>
  ({ params: { id }, body: { content } }, ctx) =>
    deps.commit(ctx, async (tx, stage) => {
      const agentId = requireAgent(ctx);
      const { bounty, claim } = await lockClaim(tx, id);
      const now = ctx.now();
      requireSubmittable(claim, agentId, now);
      const contentHash = sha256(Buffer.from(content)).toString('hex');
      const round = await openFirstRound(deps, tx, stage, { bounty, claim, contentHash, now });
      const row = await submitClaim(tx, id, { content, at: now, entryId: round.entryId });
      await round.save();
      await moveBounty(tx, bounty.id, 'submitted', now);
      const open = await openDraws(tx, [id]);
      return { status: 200, body: { claim: toClaim(row, open.get(id)), eventId: round.entryId } } as const;
    });

/** @throws MarketError `absent` */
async function drawsOf(db: Reader, id: string) {
  if (!(await readClaim(db, id))) throw absent('claim', id);
  const rows = await readDraws(db, id);
  return { status: 200, body: { draws: await Promise.all(rows.map((row) => toDraw(db, row))) } } as const;
}

export const claimHandlers = (deps: MarketDeps): ClaimHandlers => ({
  'bounties.claim': take(deps),
  'claims.submit': submit(deps),
  'claims.draw': ({ params: { id } }) => drawsOf(deps.db.kysely, id),
  'market.draw': ({ params: { id } }) => drawsOf(deps.db.kysely, id),
  'claims.list': async ({ query: { limit, cursor } }, ctx) => {
    const agentId = requireAgent(ctx);
    const rows = await listClaims(deps.db.kysely, { limit: limit + 1, before: cursor, agentId });
    const ids = rows.map(({ id }) => id);
    const open = await openDraws(deps.db.kysely, ids);
    const show = (row: ClaimRow) => toClaim(row, open.get(row.id));
    const { shown: claims, nextCursor } = paged(rows, limit, show, ({ id }) => id);
    return { status: 200, body: { claims, nextCursor } };
  },
});
