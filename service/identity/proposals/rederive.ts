import { derive } from '../../ledger/derive.ts';
import { contentOf, digestOfContent } from './content.ts';
import { everyApproval, everyProposal } from './states.store.ts';

interface ProposalState {
  /** Of what stands in the row: nothing that was signed can differ without it. */
  readonly digest: string;
  readonly route: string;
  readonly target: string;
  readonly proposerId: string;
  readonly expiresAt: string;
  readonly state: string;
  readonly reason: string | null;
  readonly subject: string | null;
}

/** Critical actions: what was proposed, by whom, and what became of it. */
export const proposalStates = derive<ProposalState>({
  domain: 'proposals',
  tables: ['proposals'],
  stored: async function* (tx) {
    for await (const row of everyProposal(tx))
      yield [
        row.id,
        {
          ...{ digest: digestOfContent(contentOf(row)), route: row.route, target: row.target },
          ...{ proposerId: row.proposer_id, expiresAt: row.expires_at.toISOString(), state: row.state },
          ...{ reason: row.closed_reason, subject: row.subject },
        },
      ];
  },
  steps: {
    'proposal.proposed': (told, { proposalId, digest, route, target, proposerId, expiresAt }) =>
      told.is(proposalId, {
        ...{ digest, route, target, proposerId, expiresAt, state: 'open', reason: null, subject: null },
      }),
    'proposal.executed': (told, { proposalId, subject }) =>
      told.is(proposalId, { state: 'executed', subject }),
    'proposal.withdrawn': (told, { proposalId, reason }) =>
      told.is(proposalId, { state: 'withdrawn', reason }),
    'proposal.expired': (told, { proposalId }) => told.is(proposalId, { state: 'expired' }),
  },
});

interface ApprovalState {
  readonly operatorId: string;
  readonly keyId: string;
  /** Who brought it; null for one that its signer sent. */
  readonly carriedBy: string | null;
}

/** Who the second person was. */
export const approvalStates = derive<ApprovalState>({
  domain: 'approvals',
  tables: ['proposal_approvals'],
  stored: async function* (tx) {
    for await (const row of everyApproval(tx))
      yield [row.id, { operatorId: row.operator_id, keyId: row.key_id, carriedBy: row.carried_by }];
  },
  steps: {
    'proposal.approved': (told, { proposalId, keyId, carried }, { actor: operatorId }) =>
      told.is(proposalId, { operatorId, keyId, carriedBy: carried?.carrierId ?? null }),
  },
});
