import { type Card, proposalCard } from '../../../shared/http/card.ts';
import type { ProposalContent } from '../../../shared/http/proposal.ts';
import { proposalDigestOf } from '../../../shared/http/sign.ts';
import type { Database } from '../../db/database.ts';
import { sha256 } from '../signature/checks.ts';
import { findByDigest, type ProposalRow } from './store.ts';

export const contentOf = (row: ProposalRow): ProposalContent => ({
  version: 1,
  route: row.route,
  method: row.method,
  target: row.target,
  body: row.body,
  proposer: { id: row.proposer_id, name: row.proposer_name, keyId: row.proposer_key },
  nonce: row.nonce,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
});

/** The digest of what stands in the row now, which is the stored one unless somebody changed the row. */
export const digestOfContent = (content: ProposalContent): string => proposalDigestOf(content, sha256);

/**
 * The card of an approval, computed from what the proposal says now: what was changed after the approver looked at it does not
 * fit the card that was signed.
 */
export async function approvalCardFor(
  db: Pick<Database, 'kysely'>,
  digest: string,
  target: string,
): Promise<Card | null> {
  const row = await findByDigest(db.kysely, Buffer.from(digest, 'hex'));
  if (!row) return null;
  const content = contentOf(row);
  return proposalCard(target, content, digestOfContent(content));
}
