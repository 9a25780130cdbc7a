import { idOf } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { type Action, actorOf, type Done, type Mutate } from '../mutation.ts';
import { requireNamed } from '../named.ts';
import { lockRoster } from '../operators/roster.ts';
import { refusalOf, takeCarried } from './carried.ts';
import { execute } from './execute.ts';
import type { Executors } from './executor.ts';
import { proposingKeyId } from './proof.ts';
import { requireSigned } from './propose.ts';
import { requireOpen } from './rules.ts';
import {
  closeProposal,
  listProposals,
  lockProposal,
  type ProposalRow,
  readApprovals,
  readKeyStates,
  readProposal,
} from './store.ts';
import { toProof, toProposal } from './view.ts';

export interface ProposalHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  readonly executors: Executors;
  readonly now: () => Date;
}

type ProposalHandlers = Pick<
  Handlers,
  'proposals.list' | 'proposals.get' | 'proposals.approve' | 'proposals.deliver' | 'proposals.withdraw'
>;

async function shown(db: Pick<Database, 'kysely'>['kysely'], rows: readonly ProposalRow[], now: Date) {
  const approvals = await readApprovals(
    db,
    rows.map((row) => row.id),
  );
  const keys = await readKeyStates(db, [
    ...new Set([...rows.map(proposingKeyId), ...approvals.map((one) => one.key_id)]),
  ]);
  return rows.map((row) =>
    toProposal(row, { now, keys, approval: approvals.find((one) => one.proposal_id === row.id) }),
  );
}

async function one(tx: Tx, row: ProposalRow, ctx: RequestContext) {
  const [proposal] = await shown(tx, [row], ctx.now());
  if (!proposal) throw new RangeError('one row is shown as one proposal');
  return proposal;
}

async function lockKnown(tx: Tx, id: string): Promise<ProposalRow> {
  const row = await lockProposal(tx, id);
  if (!row) throw new HttpError('not_found', `there is no proposal ${id}`);
  return row;
}

/** The second signature executes: approval, effect and ledger entries are one transaction, so none is ever without the others. */
const approve =
  (deps: ProposalHandlerDeps): ProposalHandlers['proposals.approve'] =>
  ({ params: { id }, body: { digest } }, ctx) =>
    deps.mutate('proposals.approve', ctx, async (tx, stage): Promise<Done<'proposals.approve'>> => {
      await lockRoster(tx);
      const row = await lockKnown(tx, id);
      const { signature } = requireSigned(ctx);
      const by = { id: actorOf(ctx).id, digest, signature };
      const { closed, eventId } = await execute(tx, stage, deps.executors, { row, by, now: ctx.now() });
      return {
        subject: id,
        answer: { status: 200, body: { proposal: await one(tx, closed, ctx), eventId } },
      };
    });

/**
 * The same, of a signature that was made elsewhere and is brought by whoever signs this request. It is used up whether or not it
 * executes anything, as every signature is.
 */
const deliver =
  (deps: ProposalHandlerDeps): ProposalHandlers['proposals.deliver'] =>
  async ({ params: { id }, body: { route, digest, approval } }, ctx) => {
    const brought = { id, digest, approval, sentTo: requireSigned(ctx).sent.target };
    const { id: carrierId, name } = actorOf(ctx);
    const take = async (taking: Tx): Promise<Action<'proposals.deliver'>> => {
      const by = { ...(await takeCarried(taking, brought, deps.now)), digest };
      return async (tx, stage) => {
        await lockRoster(tx);
        const row = await lockKnown(tx, id);
        requireNamed(id, { route }, { route: row.route });
        const second = { ...by, carrier: { id: carrierId, name: name ?? '' } };
        const { closed, eventId } = await execute(tx, stage, deps.executors, {
          ...{ row, by: second, now: ctx.now() },
        });
        return {
          subject: id,
          answer: { status: 200, body: { proposal: await one(tx, closed, ctx), eventId } },
        };
      };
    };
    const refusal = (tx: Tx, failed: unknown) => refusalOf(tx, brought, failed, deps.now());
    return deps.mutate('proposals.deliver', ctx, { take, refusal });
  };

const withdraw =
  ({ mutate }: ProposalHandlerDeps): ProposalHandlers['proposals.withdraw'] =>
  ({ params: { id }, body: { reason } }, ctx) =>
    mutate('proposals.withdraw', ctx, async (tx, stage): Promise<Done<'proposals.withdraw'>> => {
      const row = await lockKnown(tx, id);
      requireOpen(row, ctx.now());
      const closing = { at: ctx.now(), by: actorOf(ctx).id, reason, subject: null };
      const closed = await closeProposal(tx, id, { state: 'withdrawn', ...closing });
      const digest = row.digest.toString('hex');
      const eventId = await stage('proposal.withdrawn', { proposalId: id, digest, reason });
      return {
        subject: id,
        answer: { status: 200, body: { proposal: await one(tx, closed, ctx), eventId } },
      };
    });

const cursorId = idOf('proposal');

const list =
  ({ db, now }: ProposalHandlerDeps): ProposalHandlers['proposals.list'] =>
  async ({ query: { state, limit, cursor } }) => {
    if (cursor !== undefined && !cursorId.safeParse(cursor).success)
      throw new HttpError('bad_request', 'this cursor is not one of ours');
    const rows = await listProposals(db.kysely, { state, now: now(), before: cursor, limit: limit + 1 });
    const page = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
    return { status: 200, body: { proposals: await shown(db.kysely, page, now()), nextCursor } };
  };

const get =
  ({ db, now }: ProposalHandlerDeps): ProposalHandlers['proposals.get'] =>
  async ({ params: { id } }) => {
    const row = await readProposal(db.kysely, id);
    const [proposal] = row ? await shown(db.kysely, [row], now()) : [];
    if (!row || !proposal) throw new HttpError('not_found', `there is no proposal ${id}`);
    return { status: 200, body: { proposal, proof: toProof(row) } };
  };

export const proposalHandlers = (deps: ProposalHandlerDeps): ProposalHandlers => ({
  'proposals.list': list(deps),
  'proposals.get': get(deps),
  'proposals.approve': approve(deps),
  'proposals.deliver': deliver(deps),
  'proposals.withdraw': withdraw(deps),
});
