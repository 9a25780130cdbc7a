import { createHash } from 'node:crypto';
import { makeId } from '../../shared/ids/ids.ts';
import { formatUnits, parseUnits } from '../../shared/money/units.ts';
import type { Tx } from '../db/database.ts';
import { DatabaseError } from '../db/database-error.ts';
import type { Handlers, RequestContext } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import type { Done, Stage } from '../identity/mutation.ts';
import { requireNamed } from '../identity/named.ts';
import { openHold, voidHold } from '../treasury/holds.ts';
import { voidDraws } from './draws.store.ts';
import { MarketError } from './market-error.ts';
import { later, type MarketDeps, paged } from './parts.ts';
import { releaseReviews } from './reviews.store.ts';
import { absent, type BountyRow, requireAgent, toBounty } from './rules.ts';
import {
  currentClaim,
  endClaim,
  findRequested,
  insertBounty,
  listBounties,
  lockBounty,
  moveBounty,
  readBounty,
} from './store.ts';

type BountyHandlers = Pick<
  Handlers,
  'bounties.create' | 'bounties.list' | 'bounties.get' | 'bounties.cancel' | 'market.cancel'
>;

/** A bounty's hold ends with the bounty and never by itself: no claim waits that long. */
const HOLD_SECONDS = 100 * 366 * 86_400;

/** The gate has refused what has none. */
function keyOf({ idempotencyKey }: RequestContext): string {
  if (idempotencyKey === null)
    throw new HttpError('idempotency_key_required', 'a bounty takes an Idempotency-Key');
  return idempotencyKey;
}

/** What the same request offered before. @throws MarketError `key-reused` */
async function formerOf(tx: Tx, creator: string, key: string, hash: Buffer): Promise<BountyRow | null> {
  const former = await findRequested(tx, creator, key);
  if (former && !hash.equals(former.request_hash))
    throw new MarketError('key-reused', 'this Idempotency-Key belongs to another bounty');
  return former ?? null;
}

/** Two at once with one key meet at the constraint; the second one asks again and gets what the first one made. */
function orInFlight(error: unknown): never {
  if (error instanceof DatabaseError && error.constraint === 'bounties_once_per_key')
    throw new MarketError('in-flight', 'this bounty is being offered; send the request again shortly', {
      cause: error,
    });
  throw error;
}

const create =
  ({ commit, random }: MarketDeps): BountyHandlers['bounties.create'] =>
  ({ body: { title, description, amount } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const creator = requireAgent(ctx);
      const request = {
        key: keyOf(ctx),
        hash: createHash('sha256').update(`${ctx.requestHash} ${creator}`).digest(),
      };
      const former = await formerOf(tx, creator, request.key, request.hash);
      if (former) return { status: 201, body: { bounty: toBounty(former) } } as const;
      const createdAt = ctx.now();
      const id = makeId('bounty', random(10), createdAt.getTime());
      const units = parseUnits(amount);
      const { holdId } = await openHold(tx, stage, {
        payer: { type: 'agent', id: creator },
        ...{ units, purpose: 'bounty', reference: id, expiresAt: later(createdAt, HOLD_SECONDS) },
      });
      const row = await insertBounty(tx, {
        ...{ id, creator, title, description, units, holdId, createdAt, request },
      });
      await stage('bounty.posted', { bountyId: id, holdId, amount: formatUnits(units), title });
      return { status: 201, body: { bounty: toBounty(row) } } as const;
    }).catch(orInFlight);

/** Ends a bounty that is not decided: its credits are free again, and whoever worked on it stops. The bounty is locked. */
async function cancel(tx: Tx, stage: Stage, bounty: BountyRow, reason: string, at: Date) {
  const claim = await currentClaim(tx, bounty.id);
  if (claim) {
    await voidDraws(tx, claim.id);
    await releaseReviews(tx, claim.id, at);
    await endClaim(tx, claim.id, 'cancelled', at);
  }
  await voidHold(tx, stage, { holdId: bounty.hold_id, reason });
  const row = await moveBounty(tx, bounty.id, 'cancelled', at);
  const eventId = await stage('bounty.cancelled', {
    bountyId: bounty.id,
    claimId: claim?.id ?? null,
    reason,
  });
  return { bounty: toBounty(row), eventId };
}

const withdraw =
  ({ commit }: MarketDeps): BountyHandlers['bounties.cancel'] =>
  ({ params: { id }, body: { reason } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const agentId = requireAgent(ctx);
      const bounty = await lockBounty(tx, id);
      if (!bounty) throw absent('bounty', id);
      if (bounty.creator !== agentId) throw new MarketError('not-yours', 'this bounty is another agent’s');
      // Whoever works on it is not robbed of it: it lapses by itself, or is decided.
      if (bounty.state !== 'open') throw new MarketError('not-open', `this bounty is ${bounty.state}`);
      return { status: 200, body: await cancel(tx, stage, bounty, reason, ctx.now()) } as const;
    });

const UNDECIDED: ReadonlySet<string> = new Set(['open', 'claimed', 'submitted']);

const cancelByOperator =
  ({ mutate }: MarketDeps): BountyHandlers['market.cancel'] =>
  ({ params: { id }, body: { title, reason } }, ctx) =>
    mutate('market.cancel', ctx, async (tx, stage): Promise<Done<'market.cancel'>> => {
      const bounty = await lockBounty(tx, id);
      if (!bounty) throw absent('bounty', id);
      requireNamed(id, { title }, { title: bounty.title });
      if (!UNDECIDED.has(bounty.state))
        throw new MarketError('already-decided', `this bounty is ${bounty.state}`);
      const body = await cancel(tx, stage, bounty, reason, ctx.now());
      return { subject: id, answer: { status: 200, body } };
    });

export const bountyHandlers = (deps: MarketDeps): BountyHandlers => ({
  'bounties.create': create(deps),
  'bounties.cancel': withdraw(deps),
  'market.cancel': cancelByOperator(deps),
  'bounties.list': async ({ query: { limit, cursor, state } }) => {
    const rows = await listBounties(deps.db.kysely, { limit: limit + 1, before: cursor, state });
    const { shown: bounties, nextCursor } = paged(rows, limit, toBounty, ({ id }) => id);
    return { status: 200, body: { bounties, nextCursor } };
  },
  'bounties.get': async ({ params: { id } }) => {
    const row = await readBounty(deps.db.kysely, id);
    if (!row) throw absent('bounty', id);
    return { status: 200, body: { bounty: toBounty(row) } };
  },
});
