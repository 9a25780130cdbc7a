import type { ColumnType } from 'kysely';
import type { Proposal } from '../../../shared/http/proposal.ts';

/** Written once: what was proposed and what was signed never changes. */
type Fixed<T> = ColumnType<T, T, never>;
/** Null while the proposal is open. */
type Closing<T> = ColumnType<T | null, undefined, T | null>;

export interface ProposalsTable {
  id: Fixed<string>;
  digest: Fixed<Buffer>;
  route: Fixed<string>;
  method: Fixed<string>;
  target: Fixed<string>;
  body: Fixed<string>;
  proposer_id: Fixed<string>;
  proposer_name: Fixed<string>;
  proposer_key: Fixed<string>;
  nonce: Fixed<string>;
  created_at: Fixed<Date>;
  expires_at: Fixed<Date>;
  proof_key: Fixed<string>;
  proof_base: Fixed<string>;
  proof_value: Fixed<Buffer>;
  state: ColumnType<Proposal['state'], undefined, Proposal['state']>;
  closed_at: Closing<Date>;
  closed_by: Closing<string>;
  closed_reason: Closing<string>;
  subject: Closing<string>;
}

export interface ProposalApprovalsTable {
  proposal_id: Fixed<string>;
  proposer_id: Fixed<string>;
  operator_id: Fixed<string>;
  name: Fixed<string>;
  key_id: Fixed<string>;
  signed_at: Fixed<Date>;
  at: Fixed<Date>;
  proof_key: Fixed<string>;
  proof_base: Fixed<string>;
  proof_value: Fixed<Buffer>;
  /** Null for one that its signer sent. */
  carried_by: Fixed<string | null>;
  carrier_name: Fixed<string | null>;
}

export interface ProposalTables {
  proposals: ProposalsTable;
  proposal_approvals: ProposalApprovalsTable;
  approval_nonces: { key_id: string; nonce: string; expires_at: Fixed<Date> };
  approval_nonce_horizon: {
    one_row: ColumnType<boolean, never, never>;
    horizon: ColumnType<Date, never, Date>;
  };
  operator_roster: { one_row: ColumnType<boolean, never, never> };
}
