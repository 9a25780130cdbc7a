import type { Tx } from '../../db/database.ts';
import type { VerifiedSignature } from '../../gate/context.ts';
import type { Stage } from '../mutation.ts';
import { readStanding } from '../operators/roster.ts';
import { contentOf } from './content.ts';
import { type Executors, executorOf } from './executor.ts';
import { requireApprovable } from './rules.ts';
import { closeProposal, insertApproval, type ProposalRow } from './store.ts';

/** The second person's verified signature, and who brought it where that was somebody else's request. */
interface SecondSignature {
  readonly id: string;
  readonly digest: string;
  readonly signature: VerifiedSignature;
  readonly carrier?: { readonly id: string; readonly name: string };
}

interface Approving {
  readonly row: ProposalRow;
  readonly by: SecondSignature;
  readonly now: Date;
}

/** Checks the second person and everything that was signed, on what the database says inside this transaction. */
async function judge(tx: Tx, executors: Executors, { row, by, now }: Approving) {
  const executor = executorOf(executors, row.route);
  const standing = await readStanding(tx, [by.id, row.proposer_id]);
  const find = (id: string) => standing.find((one) => one.id === id);
  const approver = find(by.id);
  const { proposers, approvers } = executor;
  const proposer = find(row.proposer_id);
  requireApprovable(row, { digest: by.digest, now, approver, proposer, proposers, approvers });
  return { executor, approver: { type: 'operator', id: by.id, name: approver?.name ?? '' } as const };
}

const recordApproval = (tx: Tx, { row, by, now }: Approving, name: string) =>
  insertApproval(tx, {
    proposal_id: row.id,
    proposer_id: row.proposer_id,
    operator_id: by.id,
    name,
    key_id: by.signature.keyId,
    signed_at: by.signature.created,
    at: now,
    proof_key: by.signature.proof.publicKey,
    proof_base: by.signature.proof.base,
    proof_value: Buffer.from(by.signature.proof.value),
    carried_by: by.carrier?.id ?? null,
    carrier_name: by.carrier?.name ?? null,
  });

const carriedOf = ({ row, by: { carrier } }: Approving) =>
  carrier && {
    carried: {
      ...{ proposerId: row.proposer_id, proposerName: row.proposer_name },
      ...{ carrierId: carrier.id, carrierName: carrier.name },
    },
  };

/**
 * Does what a proposal says, in the transaction of its approval. Whoever sent the request, the ledger says that the second person
 * did it: without that signature nothing happens.
 */
export async function execute(tx: Tx, stage: Stage, executors: Executors, approving: Approving) {
  const { row, by, now } = approving;
  const { executor, approver } = await judge(tx, executors, approving);
  const staged: Stage = (kind, data, actor = approver) => stage(kind, data, actor);
  await recordApproval(tx, approving, approver.name);
  const { keyId, nonce } = by.signature;
  const told = { proposalId: row.id, digest: by.digest };
  await staged('proposal.approved', { ...told, keyId, nonce, ...carriedOf(approving) });
  const subject = await executor.execute(tx, contentOf(row), {
    ...{ proposalId: row.id, approverId: by.id, now, stage: staged },
  });
  const closing = { state: 'executed', at: now, by: by.id, reason: null, subject } as const;
  const closed = await closeProposal(tx, row.id, closing);
  const eventId = await staged('proposal.executed', { ...told, route: row.route, subject });
  return { closed, eventId };
}
