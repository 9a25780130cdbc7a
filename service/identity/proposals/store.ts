import type { Selectable } from 'kysely';
import type { Proposal } from '../../../shared/http/proposal.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { ProposalApprovalsTable, ProposalsTable } from '../../db/tables/proposals.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

export type ProposalRow = Selectable<ProposalsTable>;
export type ApprovalRow = Selectable<ProposalApprovalsTable>;

export const insertProposal = (
  tx: Tx,
  row: Omit<ProposalRow, 'state' | 'closed_at' | 'closed_by' | 'closed_reason' | 'subject'>,
): Promise<ProposalRow> => tx.insertInto('proposals').values(row).returningAll().executeTakeFirstOrThrow();

export const findByDigest = (db: Reader, digest: Buffer): Promise<ProposalRow | undefined> =>
  db.selectFrom('proposals').selectAll().where('digest', '=', digest).executeTakeFirst();

export const readProposal = (db: Reader, id: string): Promise<ProposalRow | undefined> =>
  db.selectFrom('proposals').selectAll().where('id', '=', id).executeTakeFirst();

/** Locked until the transaction ends: whoever closes it does so alone. */
export const lockProposal = (tx: Tx, id: string): Promise<ProposalRow | undefined> =>
  tx.selectFrom('proposals').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

export async function countOpenOf(tx: Tx, proposerId: string): Promise<number> {
  const { n } = await tx
    .selectFrom('proposals')
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .where('proposer_id', '=', proposerId)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
  return Number(n);
}

export const insertApproval = (tx: Tx, row: ApprovalRow) =>
  tx.insertInto('proposal_approvals').values(row).execute();

export interface Closing {
  readonly state: Exclude<Proposal['state'], 'open'>;
  readonly at: Date;
  readonly by: string | null;
  readonly reason: string | null;
  readonly subject: string | null;
}

const columnsOf = ({ state, at, by, reason, subject }: Closing) => ({
  state,
  closed_at: at,
  closed_by: by,
  closed_reason: reason,
  subject,
});

export const closeProposal = (tx: Tx, id: string, closing: Closing): Promise<ProposalRow> =>
  tx
    .updateTable('proposals')
    .set(columnsOf(closing))
    .where('id', '=', id)
    .where('state', '=', 'open')
    .returningAll()
    .executeTakeFirstOrThrow();

/** Closes everything open of one proposer. */
export const closeAllOf = (tx: Tx, proposerId: string, closing: Closing): Promise<ProposalRow[]> =>
  tx
    .updateTable('proposals')
    .set(columnsOf(closing))
    .where('proposer_id', '=', proposerId)
    .where('state', '=', 'open')
    .returningAll()
    .execute();

/** Closes everything open whose time has passed. */
export const closeExpired = (tx: Tx, closing: Closing): Promise<ProposalRow[]> =>
  tx
    .updateTable('proposals')
    .set(columnsOf(closing))
    .where('state', '=', 'open')
    .where('expires_at', '<=', closing.at)
    .returningAll()
    .execute();

export interface ProposalPage {
  readonly state?: Proposal['state'] | undefined;
  readonly now: Date;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Newest first. What has passed its time counts as expired before the ledger has said so. */
export function listProposals(
  db: Reader,
  { state, now, before, limit }: ProposalPage,
): Promise<ProposalRow[]> {
  let query = db.selectFrom('proposals').selectAll().orderBy('id', 'desc').limit(limit);
  if (before !== undefined) query = query.where('id', '<', before);
  if (state === 'open') query = query.where('state', '=', 'open').where('expires_at', '>', now);
  else if (state === 'expired')
    query = query.where((eb) =>
      eb.or([eb('state', '=', 'expired'), eb.and([eb('state', '=', 'open'), eb('expires_at', '<=', now)])]),
    );
  else if (state !== undefined) query = query.where('state', '=', state);
  return query.execute();
}

export const readApprovals = (db: Reader, ids: readonly string[]): Promise<ApprovalRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : db.selectFrom('proposal_approvals').selectAll().where('proposal_id', 'in', ids).execute();

/** Which of these keys belong to operators, and whether they are retired. */
export async function readKeyStates(
  db: Reader,
  keyIds: readonly string[],
): Promise<ReadonlyMap<string, 'active' | 'retired'>> {
  if (keyIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('operators')
    .select(['key_id', 'revoked_at'])
    .where('key_id', 'in', keyIds)
    .execute();
  return new Map(rows.map((row) => [row.key_id, row.revoked_at === null ? 'active' : 'retired']));
}
