import { isSamePerson } from '../../../shared/http/operator-parts.ts';
import type { OperatorRole } from '../../../shared/http/route.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Standing } from '../operators/roster.ts';
import { contentOf, digestOfContent } from './content.ts';
import { isProposed } from './proof.ts';
import type { ProposalRow } from './store.ts';

/** More open proposals of one operator than this are a flood that hides the one that matters. */
export const OPEN_LIMIT = 100;

/**
 * Whether anybody could be the second person.
 * @throws HttpError `second_operator_needed`
 */
export function requireSecondOperator(
  active: readonly Standing[],
  proposer: Pick<Standing, 'id' | 'name'>,
  approvers: readonly OperatorRole[],
): void {
  if (active.some((other) => approvers.includes(other.role) && !isSamePerson(other, proposer))) return;
  throw new HttpError(
    'second_operator_needed',
    `this takes a second operator who is ${approvers.join(' or ')}; enrol one first, ` +
      'or issue a recovery code on the host (npm run service -- --data DIR --recover-operator)',
  );
}

export const isOpen = (row: ProposalRow, now: Date): boolean =>
  row.state === 'open' && row.expires_at.getTime() > now.getTime();

/** What has passed its time counts as expired before the ledger has said so. */
export const stateOf = (row: ProposalRow, now: Date): ProposalRow['state'] =>
  row.state === 'open' && !isOpen(row, now) ? 'expired' : row.state;

/** @throws HttpError `conflict` with what has become of it */
export function requireOpen(row: ProposalRow, now: Date): void {
  if (!isOpen(row, now)) throw new HttpError('conflict', `${row.id} is ${stateOf(row, now)}`);
}

export interface Approval {
  /** The digest that was signed. */
  readonly digest: string;
  readonly now: Date;
  readonly approver: Standing | undefined;
  readonly proposer: Standing | undefined;
  readonly approvers: readonly OperatorRole[];
  /** Roles that may propose this; an invitation's are those of who may invite. */
  readonly proposers: readonly OperatorRole[];
}

/**
 * Whether this second person may let this proposal happen now, on what the database says inside the transaction.
 * @throws HttpError `conflict`, `digest_mismatch`, `forbidden` or `same_person`
 */
export function requireApprovable(row: ProposalRow, approval: Approval): void {
  const { digest, now, approver, proposer, approvers, proposers } = approval;
  requireOpen(row, now);
  if (digest !== row.digest.toString('hex') || digest !== digestOfContent(contentOf(row)) || !isProposed(row))
    throw new HttpError('digest_mismatch', 'this is not what was proposed; withdraw it and propose it again');
  if (!approver || approver.revoked_at !== null || !approvers.includes(approver.role))
    throw new HttpError('forbidden', `this takes a second operator who is ${approvers.join(' or ')}`);
  if (isSamePerson(approver, { id: row.proposer_id, name: row.proposer_name }))
    throw new HttpError('same_person', 'whoever proposed it cannot approve it, with whatever key');
  if (!proposer || proposer.revoked_at !== null || !proposers.includes(proposer.role))
    throw new HttpError('conflict', 'whoever proposed it may not propose it any more; withdraw it');
}
