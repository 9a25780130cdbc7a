import type { Tx } from '../../db/database.ts';
import { EVERY_ROW_PAGE, everyRow } from '../../db/every-row.ts';
import type { ProposalRow } from './store.ts';

const proposalsAfter = (tx: Tx, after: string): Promise<ProposalRow[]> =>
  tx
    .selectFrom('proposals')
    .selectAll()
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyProposal = (tx: Tx) => everyRow((after) => proposalsAfter(tx, after));

const approvalsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('proposal_approvals')
    .select(['proposal_id as id', 'operator_id', 'key_id', 'carried_by'])
    .where('proposal_id', '>', after)
    .orderBy('proposal_id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyApproval = (tx: Tx) => everyRow((after) => approvalsAfter(tx, after));
