import { idOf } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate, type Stage } from '../mutation.ts';
import { lockRoster, readStanding } from '../operators/roster.ts';
import { contentOf } from './content.ts';
import { type Executors, executorOf } from './executor.ts';
import { proposingKeyId } from './proof.ts';
import { requireSigned } from './propose.ts';
import { requireApprovable, requireOpen } from './rules.ts';
import {
  closeProposal,
  insertApproval,
  listProposals,
  lockProposal,
  type ProposalRow,
  readApprovals,
  readKeyStates,
  readProposal,
} from './store.ts';
import { toProposal } from './view.ts';

export interface ProposalHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  readonly executors: Executors;
  readonly now: () => Date;
}

type ProposalHandlers = Pick<
  Handlers,
  'proposals.list' | 'proposals.get' | 'proposals.approve' | 'proposals.withdraw'
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

async function lockKnown(tx: Tx, id: string): Promise<ProposalRow> {
  const row = await lockProposal(tx, id);
  if (!row) throw new HttpError('not_found', `there is no proposal ${id}`);
  return row;
}

/** Checks the second person and everything that was signed, on what the database says inside this transaction. */
async function judge(
  tx: Tx,
  row: ProposalRow,
  executors: Executors,
  { digest, ctx }: { digest: string; ctx: RequestContext },
) {
  const { signature } = requireSigned(ctx);
  const executor = executorOf(executors, row.route);
  const approverId = actorOf(ctx).id;
  const standing = await readStanding(tx, [approverId, row.proposer_id]);
  const find = (id: string) => standing.find((one) => one.id === id);
  const approver = find(approverId);
  const { proposers, approvers } = executor;
  const proposer = find(row.proposer_id);
  requireApprovable(row, { digest, now: ctx.now(), approver, proposer, proposers, approvers });
  return { executor, signature, approver: { id: approverId, name: approver?.name ?? '' } };
}

async function execute(
  tx: Tx,
  stage: Stage,
  { executors }: ProposalHandlerDeps,
  { row, digest, ctx }: { row: ProposalRow; digest: string; ctx: RequestContext },
) {
  const now = ctx.now();
  const { executor, signature, approver } = await judge(tx, row, executors, { digest, ctx });
  const { keyId, nonce, created, proof } = signature;
  await insertApproval(tx, {
    proposal_id: row.id,
    proposer_id: row.proposer_id,
    operator_id: approver.id,
    name: approver.name,
    key_id: keyId,
    signed_at: created,
    at: now,
    proof_key: proof.publicKey,
    proof_base: proof.base,
    proof_value: Buffer.from(proof.value),
  });
  await stage('proposal.approved', { proposalId: row.id, digest, keyId, nonce });
  const by = { proposalId: row.id, approverId: approver.id, now, stage };
  const subject = await executor.execute(tx, contentOf(row), by);
  const closed = await closeProposal(tx, row.id, {
    state: 'executed',
    at: now,
    by: approver.id,
    reason: null,
    subject,
  });
  const eventId = await stage('proposal.executed', { proposalId: row.id, digest, route: row.route, subject });
  return { closed, eventId };
}

/** The second signature executes: approval, effect and ledger entries are one transaction, so none is ever without the others. */
const approve =
  (deps: ProposalHandlerDeps): ProposalHandlers['proposals.approve'] =>
  ({ params: { id }, body: { digest } }, ctx) =>
    deps.mutate('proposals.approve', ctx, async (tx, stage): Promise<Done<'proposals.approve'>> => {
      await lockRoster(tx);
      const row = await lockKnown(tx, id);
      const { closed, eventId } = await execute(tx, stage, deps, { row, digest, ctx });
      const [proposal] = await shown(tx, [closed], ctx.now());
      if (!proposal) throw new RangeError('one row is shown as one proposal');
      return { subject: id, answer: { status: 200, body: { proposal, eventId } } };
    });

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
      const [proposal] = await shown(tx, [closed], ctx.now());
      if (!proposal) throw new RangeError('one row is shown as one proposal');
      return { subject: id, answer: { status: 200, body: { proposal, eventId } } };
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
    if (!proposal) throw new HttpError('not_found', `there is no proposal ${id}`);
    return { status: 200, body: { proposal } };
  };

export const proposalHandlers = (deps: ProposalHandlerDeps): ProposalHandlers => ({
  'proposals.list': list(deps),
  'proposals.get': get(deps),
  'proposals.approve': approve(deps),
  'proposals.withdraw': withdraw(deps),
});
