import type { Proposal, ProposalProof } from '../../../shared/http/proposal.ts';
import { contentOf } from './content.ts';
import { isApproved, isProposed, proposingKeyId } from './proof.ts';
import { stateOf } from './rules.ts';
import type { ApprovalRow, ProposalRow } from './store.ts';

export interface Viewed {
  readonly now: Date;
  /** Keys of operators that are known, and whether they are retired. */
  readonly keys: ReadonlyMap<string, 'active' | 'retired'>;
  readonly approval?: ApprovalRow | undefined;
}

function approvedBy(row: ApprovalRow, digest: string, { keys }: Viewed): Proposal['approved'] {
  return {
    operatorId: row.operator_id,
    name: row.name,
    keyId: row.key_id,
    keyState: keys.get(row.key_id) ?? 'retired',
    signedAt: row.signed_at.toISOString(),
    valid: isApproved(row, digest),
    carriedBy: row.carrier_name,
  };
}

/** A proposal as it is shown. Both signatures are judged afresh: a retired key signs nothing new and still proves the old. */
export function toProposal(row: ProposalRow, viewed: Viewed): Proposal {
  const digest = row.digest.toString('hex');
  const keyId = proposingKeyId(row);
  const { approval, now, keys } = viewed;
  return {
    id: row.id,
    digest,
    state: stateOf(row, now),
    content: contentOf(row),
    proposed: {
      operatorId: row.proposer_id,
      name: row.proposer_name,
      keyId,
      keyState: keys.get(keyId) ?? 'enrolling',
      signedAt: row.created_at.toISOString(),
      valid: isProposed(row),
    },
    approved: approval ? approvedBy(approval, digest, viewed) : null,
    closedAt: row.closed_at?.toISOString() ?? null,
    closedBy: row.closed_by,
    closedReason: row.closed_reason,
    subject: row.subject,
  };
}

/** The proposing signature, for consoles that judge it themselves. */
export const toProof = (row: ProposalRow): ProposalProof => ({
  publicKey: row.proof_key,
  base: row.proof_base,
  signature: row.proof_value.toString('base64url'),
});
